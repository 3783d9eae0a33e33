using System.Text;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Requests of HTTP/2 written by hand (RFC 9113), for what no client library sends, and what was answered to them.</summary>
internal static class RawHttp2
{
    public const byte Data = 0;
    public const byte Reset = 3;
    public const byte EndStream = 1;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte EndHeaders = 4;
    private const byte EndStreamAndHeaders = EndStream | EndHeaders;
    private const int FrameHeader = 9;

    // RFC 7541, appendix A: `:status: 200` of the static table.
    private const char Ok = '\x88';

    /// <summary>The connection preface and settings.</summary>
    public static byte[] Begin => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])];

    /// <summary>No more requests follow: the server closes when it has answered.</summary>
    public static byte[] End => Frame(GoAway, 0, 0, new byte[8]);

    /// <summary>One GET on a stream.</summary>
    public static byte[] Get(byte stream, string scheme, string authority, string path, params (string Name, string Value)[] fields) =>
        Request(stream, [(":method", "GET"), (":scheme", scheme), (":authority", authority), (":path", path), .. fields]);

    /// <summary>The head of a POST on a stream; content follows.</summary>
    public static byte[] Post(byte stream, string scheme, string authority, string path, params (string Name, string Value)[] fields) =>
        Frame(Headers, EndHeaders, stream, Block([(":method", "POST"), (":scheme", scheme), (":authority", authority), (":path", path), .. fields]));

    /// <summary>A request without content on a stream, or the trailers of one with.</summary>
    public static byte[] Request(byte stream, params (string Name, string Value)[] fields) => Frame(Headers, EndStreamAndHeaders, stream, Block(fields));

    public static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    /// <summary>How many of the requests were answered with 200 in what the server sent (one character per byte).</summary>
    public static int CountOk(string answer)
    {
        var count = 0;
        for (int at = 0, length; at + FrameHeader <= answer.Length; at += FrameHeader + length)
        {
            length = (answer[at] << 16) | (answer[at + 1] << 8) | answer[at + 2];
            count += answer[at + 3] == Headers && answer.AsSpan(at + FrameHeader, length).Contains(Ok) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The next frame's type and flags.</summary>
    public static async Task<(byte Type, byte Flags)> ReadFrameAsync(Stream stream)
    {
        var head = new byte[FrameHeader];
        await stream.ReadExactlyAsync(head, Deadline.Token);
        await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], Deadline.Token);
        return (head[3], head[4]);
    }

    private static byte[] Block((string Name, string Value)[] fields) => [.. fields.SelectMany(field => Field(field.Name, field.Value))];

    // A literal without indexing, with a new name (RFC 7541 §6.2.2).
    private static byte[] Field(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
