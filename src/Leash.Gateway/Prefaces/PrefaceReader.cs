using System.Buffers;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>
/// Tells what a connection is from its first bytes. Pure: called again with more bytes until it is not <see cref="PrefaceKind.Incomplete"/>, which
/// it is not for more than <see cref="MaxLength"/> bytes.
/// </summary>
public static class PrefaceReader
{
    /// <summary>Longer beginnings are refused.</summary>
    public const int MaxLength = 64 << 10;

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Reads all bytes received so far.</summary>
    public static Preface Read(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Preface.Incomplete;
        }

        var head = bytes.Slice(0, Math.Min(bytes.Length, MaxLength));
        var preface = Read(head.IsSingleSegment ? head.FirstSpan : head.ToArray());
        return preface.Kind == PrefaceKind.Incomplete && bytes.Length >= MaxLength ? Preface.Refuse(GatewayRefusal.MalformedRequestLine) : preface;
    }

    private static Preface Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == TlsRecords.Handshake)
        {
            return TlsRecords.Read(bytes);
        }

        var common = Math.Min(bytes.Length, Http2Preface.Length);
        if (bytes[..common].SequenceEqual(Http2Preface[..common]))
        {
            // "P" may still become POST: nothing but the whole preface is HTTP/2.
            return common == Http2Preface.Length ? Preface.Http2 : Preface.Incomplete;
        }

        return RequestLine.Read(bytes);
    }
}
