using System.Text;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A request of HTTP/2 written by hand (RFC 9113), for what no client library sends.</summary>
internal static class RawHttp2
{
    private const byte Settings = 4;
    private const byte Headers = 1;
    private const byte EndStreamAndHeaders = 5;

    /// <summary>The connection preface, settings and one GET on stream 1.</summary>
    public static byte[] Get(string scheme, string authority, string path, string? host = null)
    {
        byte[] block = [.. Field(":method", "GET"), .. Field(":scheme", scheme), .. Field(":authority", authority), .. Field(":path", path), .. host is null ? [] : Field("host", host)];
        return [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, []), .. Frame(Headers, EndStreamAndHeaders, 1, block)];
    }

    private static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    // A literal without indexing, with a new name (RFC 7541 §6.2.2).
    private static byte[] Field(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
