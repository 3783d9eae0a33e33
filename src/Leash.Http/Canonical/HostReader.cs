using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>Reads hosts with ports (RFC 3986, 3.2; RFC 9110, 7.2).</summary>
public static class HostReader
{
    private const int MaxPort = 65535;

    /// <summary>The host and the port that the text names; null with the reason.</summary>
    /// <param name="text">As in <c>Host</c>.</param>
    /// <param name="defaultPort">When it names none; 0 when it must.</param>
    /// <param name="refusal">Why there is none.</param>
    public static (HttpHost Host, int Port)? ReadAuthority(ReadOnlySpan<char> text, int defaultPort, out RequestRefusal refusal)
    {
        if (text.Contains('@'))
        {
            refusal = RequestRefusal.UserInfo;
            return null;
        }

        var colon = text.LastIndexOf(':');
        var hasPort = colon >= 0 && text.LastIndexOf(']') < colon;
        var port = hasPort ? ReadPort(text[(colon + 1)..]) : defaultPort;
        if (ReadHost(hasPort ? text[..colon] : text, out refusal) is not { } host)
        {
            return null;
        }

        refusal = port == 0 ? RequestRefusal.BadPort : RequestRefusal.None;
        return port == 0 ? null : (host, port);
    }

    /// <summary>The host that the text names, IPv6 in brackets; null with the reason.</summary>
    public static HttpHost? ReadHost(ReadOnlySpan<char> text, out RequestRefusal refusal)
    {
        if (text.IsEmpty)
        {
            refusal = RequestRefusal.NoHost;
            return null;
        }

        if (text is ['[', .. var inner, ']'])
        {
            return ReadV6(inner, out refusal);
        }

        if (!Ascii.IsValid(text))
        {
            refusal = RequestRefusal.NonAsciiHost;
            return null;
        }

        return EndsInNumber(text) ? ReadV4(text, out refusal) : ReadName(text, out refusal);
    }

    /// <summary>Whether the text is a name as they are looked up, in lower case: labels of letters, digits, hyphens and underscores.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        const int MaxLabel = 63;
        var label = 0;
        foreach (var c in name)
        {
            var isInLabel = char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_';
            if (c == '.' ? label == 0 : !isInLabel)
            {
                return false;
            }

            label = c == '.' ? 0 : label + 1;
            if (label > MaxLabel)
            {
                return false;
            }
        }

        return label > 0 && name.Length <= HttpLimits.HostName;
    }

    /// <summary>
    /// Whether resolvers may read the text as an address: its last label is a number, decimal, octal or hexadecimal (URL Standard, "ends in a number
    /// checker").
    /// </summary>
    public static bool EndsInNumber(ReadOnlySpan<char> text)
    {
        text = text.EndsWith('.') ? text[..^1] : text;
        var label = text[(text.LastIndexOf('.') + 1)..];
        return !label.IsEmpty
            && (!label.ContainsAnyExceptInRange('0', '9')
                || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && !label[2..].ContainsAnyExcept(HttpCharacters.HexDigits)));
    }

    private static HttpHost? ReadV4(ReadOnlySpan<char> text, out RequestRefusal refusal)
    {
        refusal = RequestRefusal.OddAddress;
        if (text.EndsWith('.'))
        {
            refusal = RequestRefusal.TrailingDot;
            return null;
        }

        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        // What is written in another way than it is printed is read in another way by someone.
        var range = RangeOf(address);
        if (!text.SequenceEqual(range.ToString()))
        {
            return null;
        }

        refusal = RequestRefusal.None;
        return new HttpHost(null, range);
    }

    private static HttpHost? ReadV6(ReadOnlySpan<char> inner, out RequestRefusal refusal)
    {
        refusal = RequestRefusal.BadHost;
        if (inner.ContainsAny("%[]/") || !IPAddress.TryParse(inner, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var range = RangeOf(address);
        refusal = range.IsV4 || inner.Contains('.') ? RequestRefusal.OddAddress : RequestRefusal.None;
        return refusal == RequestRefusal.None ? new HttpHost(null, range) : null;
    }

    private static HttpHost? ReadName(ReadOnlySpan<char> text, out RequestRefusal refusal)
    {
        if (text.EndsWith('.'))
        {
            refusal = RequestRefusal.TrailingDot;
            return null;
        }

        var name = text.ToString().ToLowerInvariant();
        refusal = IsName(name) ? RequestRefusal.None : RequestRefusal.BadHost;
        return refusal == RequestRefusal.None ? new HttpHost(name, default) : null;
    }

    private static Cidr RangeOf(IPAddress address)
    {
        var endpoint = new Endpoint(address, 0, TransportProtocol.Tcp, []);
        return Cidr.Single(endpoint.IsV4, endpoint.Address);
    }

    /// <summary>0 when it is none.</summary>
    private static int ReadPort(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && text[0] != '0' && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= MaxPort
            ? port
            : 0;
}
