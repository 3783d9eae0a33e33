using System.Net;
using Leash.Gateway.Hosts;

namespace Leash.Gateway.Forwarding;

/// <summary>The proxy through which this machine reaches others, by CONNECT or SOCKS for everything. A credential in it is shown to nobody but the proxy.</summary>
public sealed class UpstreamProxy
{
    private const int SocksPort = 1080;

    private readonly string[] _exceptions;

    private UpstreamProxy(Uri url, ProxyProtocol protocol, string[] exceptions)
    {
        Host = url.IdnHost;
        Port = url.Port >= 0 ? url.Port : SocksPort;
        Protocol = protocol;
        Credential = CredentialOf(url.UserInfo);
        _exceptions = exceptions;
    }

    /// <summary>The proxy's name or address.</summary>
    public string Host { get; }

    /// <summary>The proxy's port.</summary>
    public int Port { get; }

    /// <summary>How it is asked.</summary>
    internal ProxyProtocol Protocol { get; }

    /// <summary>What it wants to know of its user, or null.</summary>
    internal NetworkCredential? Credential { get; }

    /// <summary>
    /// Reads <c>HTTPS_PROXY</c> (or <c>ALL_PROXY</c>) and <c>NO_PROXY</c>, in lower case first, as curl does.
    /// </summary>
    /// <param name="variable">The environment of whoever started the session, not that of its programs.</param>
    /// <param name="problem">Why what is there cannot be used; null otherwise.</param>
    /// <returns>Null without a proxy.</returns>
    public static UpstreamProxy? FromEnvironment(Func<string, string?> variable, out string? problem)
    {
        problem = null;
        var text = First("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
        if (text is null)
        {
            return null;
        }

        if (TryParse(text, First("no_proxy", "NO_PROXY") ?? "", out var proxy))
        {
            return proxy;
        }

        // The text may hold a password.
        problem = "it is not an http://, https:// or socks5:// URL";
        return null;

        string? First(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (variable(name) is { Length: > 0 } value)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Variables that send programs to a SOCKS proxy. The gateway uses it for them; what they said to it themselves would be bytes to the gateway, and their
    /// destinations nobody's to decide.
    /// </summary>
    public static IEnumerable<string> SocksVariables(Func<string, string?> variable) =>
        ((string[])["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
            .Where(name => variable(name)?.StartsWith("socks", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Reads a proxy's URL, such as <c>http://user:password@proxy.example:3128</c> or <c>socks5h://127.0.0.1</c>, and a list of exceptions.</summary>
    public static bool TryParse(string url, string exceptions, out UpstreamProxy? proxy)
    {
        proxy = null;
        var text = url.Contains("://", StringComparison.Ordinal) ? url : "http://" + url;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || ProtocolOf(uri.Scheme) is not { } protocol)
        {
            return false;
        }

        proxy = new UpstreamProxy(uri, protocol, exceptions.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return true;
    }

    /// <summary>Whether a destination is reached through it: this machine never is, nor what <c>NO_PROXY</c> names (names with those below them, addresses, networks, <c>*</c>).</summary>
    public bool IsFor(string? host, IPAddress? address)
    {
        if ((address is not null && IPAddress.IsLoopback(address)) || host == "localhost")
        {
            return false;
        }

        foreach (var exception in _exceptions)
        {
            if (exception == "*" || (host is not null && CoversName(exception, host)) || (address is not null && CoversAddress(exception, address)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The URL without credential.</summary>
    public override string ToString() => $"{Protocol.ToString().ToLowerInvariant()}://{HostText.ToAuthority(Host)}:{Port}";

    /// <summary>curl has <c>socks5</c> for names that it resolves itself, and <c>socks5h</c> for those that the proxy does, as here all are.</summary>
    private static ProxyProtocol? ProtocolOf(string scheme) => scheme switch
    {
        "http" => ProxyProtocol.Http,
        "https" => ProxyProtocol.Https,
        "socks5" or "socks5h" => ProxyProtocol.Socks5,
        _ => null,
    };

    private static NetworkCredential? CredentialOf(string userInfo)
    {
        var parts = userInfo.Split(':', 2);
        return userInfo.Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private static bool CoversName(string exception, string host)
    {
        var name = exception.TrimStart('*').TrimStart('.');
        return name.Length > 0 && host.EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (host.Length == name.Length || host[^(name.Length + 1)] == '.');
    }

    private static bool CoversAddress(string exception, IPAddress address) =>
        (IPAddress.TryParse(exception.Trim('[', ']'), out var single) && single.Equals(address))
        || (IPNetwork.TryParse(exception, out var network) && network.Contains(address));
}
