using Leash.Http.Canonical;

namespace Leash.Gateway.Hosts;

/// <summary>A host in canonical form and a port (RFC 3986 §3.2 without userinfo).</summary>
/// <param name="Host">See <see cref="HostText"/>.</param>
/// <param name="Port">From 1 to 65535.</param>
public readonly record struct Authority(string Host, int Port)
{
    /// <summary>Reads <c>host</c> or <c>host:port</c>.</summary>
    /// <param name="text">IPv6 in brackets.</param>
    /// <param name="defaultPort">When the text has none; 0 when it must.</param>
    /// <param name="authority">What was read.</param>
    public static bool TryParse(ReadOnlySpan<char> text, int defaultPort, out Authority authority)
    {
        var read = HostReader.ReadAuthority(text, defaultPort, out _);
        authority = read is { } found ? new Authority(HostText.Of(found.Host), found.Port) : default;
        return read is not null;
    }
}
