using Leash.Http.Canonical;

namespace Leash.Sessions.Http;

/// <summary>Hosts whose TLS the gateway does not open: one, or all below a name.</summary>
/// <param name="Host">A name or an address, canonical.</param>
/// <param name="IsSuffix">Whether the names below it are meant, and not the name itself.</param>
internal readonly record struct PassthroughHost(string Host, bool IsSuffix)
{
    private const string AllBelow = "*.";

    /// <summary>Reads <c>host</c> or <c>*.suffix</c>; null when it is neither.</summary>
    public static PassthroughHost? Parse(string text)
    {
        var isSuffix = text.StartsWith(AllBelow, StringComparison.Ordinal);
        var name = isSuffix ? text[AllBelow.Length..] : text;

        // IPv6 comes with and without brackets; a name has no colon.
        var host = HostReader.ReadHost(name.Contains(':', StringComparison.Ordinal) && name[0] != '[' ? $"[{name}]" : name, out _);
        return host is not { } read || (isSuffix && read.IsAddress) ? null : new PassthroughHost(read.Name ?? read.Address.ToString(), isSuffix);
    }

    /// <summary>Whether a canonical host is one of them.</summary>
    public bool Covers(string host) => IsSuffix
        ? host.Length > Host.Length + 1 && host[^(Host.Length + 1)] == '.' && host.EndsWith(Host, StringComparison.Ordinal)
        : host == Host;

    public override string ToString() => IsSuffix ? AllBelow + Host : Host;
}
