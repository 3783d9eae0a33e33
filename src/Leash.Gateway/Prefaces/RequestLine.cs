using System.Buffers;
using System.Text;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>
/// Recognises <c>method SP target SP HTTP/1.x CRLF</c> (RFC 9112 §3). A line that reads like it to a lenient server (bare LF, more spaces, another
/// version) is refused instead of passed on as another protocol.
/// </summary>
internal static class RequestLine
{
    private const int MaxMethod = 32;

    // RFC 9110 §9.1 permits any token; all registered methods are made of these, and other protocols begin with the rest.
    private static readonly SearchValues<byte> MethodBytes =
        SearchValues.Create("-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    public static Preface Read(ReadOnlySpan<byte> bytes)
    {
        var methodEnd = bytes.IndexOfAnyExcept(MethodBytes);
        if (methodEnd < 0)
        {
            return bytes.Length <= MaxMethod ? Preface.Incomplete : Preface.Opaque;
        }

        if (methodEnd is 0 or > MaxMethod || bytes[methodEnd] is not ((byte)' ' or (byte)'\t'))
        {
            return Preface.Opaque;
        }

        var lineEnd = bytes.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return Preface.Incomplete;
        }

        var line = bytes[..lineEnd];
        if (!IsRequestLine(line, methodEnd))
        {
            return LooksLikeHttp(line) ? Preface.Refuse(GatewayRefusal.MalformedRequestLine) : Preface.Opaque;
        }

        return line[..methodEnd].SequenceEqual("CONNECT"u8) ? ConnectRequest.Read(bytes, line[(methodEnd + 1)..^10]) : Preface.Http1;
    }

    private static bool IsRequestLine(ReadOnlySpan<byte> line, int methodEnd)
    {
        // The shortest target is one byte, before " HTTP/1.1\r".
        const int VersionLength = 10;
        if (line.Length < methodEnd + 1 + 1 + VersionLength || line[methodEnd] != ' ')
        {
            return false;
        }

        var version = line[^VersionLength..];
        var target = line[(methodEnd + 1)..^VersionLength];
        return (version.SequenceEqual(" HTTP/1.1\r"u8) || version.SequenceEqual(" HTTP/1.0\r"u8))
            && target.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;
    }

    private static bool LooksLikeHttp(ReadOnlySpan<byte> line)
    {
        for (var at = 0; at + 5 <= line.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(line.Slice(at, 5), "http/"u8))
            {
                return true;
            }
        }

        return IsSimpleRequest(line);
    }

    /// <summary>HTTP/0.9: <c>GET /path</c>, which some servers still answer.</summary>
    private static bool IsSimpleRequest(ReadOnlySpan<byte> line) => line.StartsWith("GET /"u8);
}
