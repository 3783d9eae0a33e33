using System.Net;
using Leash.Http.Canonical;

namespace Leash.Gateway.Hosts;

/// <summary>
/// The one spelling of a host, as <see cref="HostReader"/> reads it: a name in lower case, an IPv4 address in four decimal numbers, or an IPv6 address in
/// RFC 5952's form without brackets.
/// </summary>
public static class HostText
{
    /// <summary>The spelling of a host that was read.</summary>
    public static string Of(HttpHost host) => host.Name ?? host.Address.ToString();

    /// <summary>Reads a name or an IPv4 address.</summary>
    public static bool TryParseName(ReadOnlySpan<char> text, out string host)
    {
        var read = text is ['[', ..] ? null : HostReader.ReadHost(text, out _);
        host = read is { } found ? Of(found) : "";
        return read is not null;
    }

    /// <summary>The host as it stands before a port: brackets around IPv6.</summary>
    public static string ToAuthority(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
