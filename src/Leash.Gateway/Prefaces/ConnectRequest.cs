using System.Text;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>
/// CONNECT of HTTP/1.x (RFC 9110 §9.3.6): the target is a host and a port, the headers are skipped, and what follows the empty line is the tunnel's.
/// </summary>
internal static class ConnectRequest
{
    private const int MaxHead = 16 << 10;

    /// <summary>Reads a request whose line is complete.</summary>
    /// <param name="bytes">All bytes so far.</param>
    /// <param name="target">The target in its line.</param>
    public static Preface Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> target)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return bytes.Length <= MaxHead ? Preface.Incomplete : Preface.Refuse(GatewayRefusal.MalformedConnect);
        }

        var length = end + 4;
        if (length > MaxHead
            || !Authority.TryParse(Encoding.Latin1.GetString(target), defaultPort: 0, out var authority)
            || !AreHeaders(bytes[..(end + 2)]))
        {
            return Preface.Refuse(GatewayRefusal.MalformedConnect);
        }

        return new Preface(PrefaceKind.Connect) { Target = authority, Length = length };
    }

    /// <summary>Lines end in CRLF, none is folded, and none gives the request a body, which CONNECT has not.</summary>
    private static bool AreHeaders(ReadOnlySpan<byte> head)
    {
        var rest = head[(head.IndexOf("\r\n"u8) + 2)..];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = rest[..end];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0 || line[..colon].IndexOfAny((byte)' ', (byte)'\t') >= 0)
            {
                return false;
            }

            var name = line[..colon];
            if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8) || Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
            {
                return false;
            }

            rest = rest[(end + 2)..];
        }

        return true;
    }
}
