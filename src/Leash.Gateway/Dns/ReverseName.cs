using System.Net;

namespace Leash.Gateway.Dns;

/// <summary>Names under <c>in-addr.arpa</c> (RFC 1035 §3.5) and <c>ip6.arpa</c> (RFC 3596 §2.5).</summary>
internal static class ReverseName
{
    /// <summary>Whether the name belongs to the reverse tree; <paramref name="address"/> is <see cref="IPAddress.None"/> for an inner node.</summary>
    public static bool TryGetAddress(string host, out IPAddress address)
    {
        address = IPAddress.None;
        if (host is "in-addr.arpa" or "ip6.arpa")
        {
            return true;
        }

        if (host.EndsWith(".in-addr.arpa", StringComparison.Ordinal))
        {
            address = ParseV4(host.AsSpan(0, host.Length - ".in-addr.arpa".Length)) ?? address;
            return true;
        }

        if (host.EndsWith(".ip6.arpa", StringComparison.Ordinal))
        {
            address = ParseV6(host.AsSpan(0, host.Length - ".ip6.arpa".Length)) ?? address;
            return true;
        }

        return false;
    }

    private static IPAddress? ParseV4(ReadOnlySpan<char> labels)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        foreach (var range in labels.Split('.'))
        {
            if (count == 4 || !byte.TryParse(labels[range], out var value))
            {
                return null;
            }

            bytes[3 - count++] = value;
        }

        return count == 4 ? new IPAddress(bytes) : null;
    }

    private static IPAddress? ParseV6(ReadOnlySpan<char> labels)
    {
        if (labels.Length != 63)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < 32; i++)
        {
            if (!char.IsAsciiHexDigit(labels[2 * i]) || (i < 31 && labels[(2 * i) + 1] != '.'))
            {
                return null;
            }

            var nibble = Convert.ToInt32(labels[2 * i].ToString(), 16);
            bytes[15 - (i / 2)] |= (byte)(i % 2 == 0 ? nibble : nibble << 4);
        }

        return new IPAddress(bytes);
    }
}
