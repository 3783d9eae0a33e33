using System.Runtime.InteropServices;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>Puts the ClientHello together from TLS records (RFC 8446 §5.1), within limits: a hello may be split, but nobody needs hundreds of pieces.</summary>
internal static class TlsRecords
{
    /// <summary>The first byte of a record with handshake messages.</summary>
    public const byte Handshake = 22;

    /// <summary>Hellos with post-quantum keys, tickets and padding stay below 8 KiB.</summary>
    public const int MaxHello = 32 << 10;

    private const int HeaderLength = 5;
    private const int MaxFragment = 1 << 14;
    private const int MaxRecords = 16;
    private const int MessageHeaderLength = 4;
    private const byte ClientHelloMessage = 1;

    /// <summary>Reads the bytes so far; they start with <see cref="Handshake"/>.</summary>
    public static Preface Read(ReadOnlySpan<byte> bytes)
    {
        var fragments = new List<byte>();
        for (var records = 0; ; records++)
        {
            if (bytes.Length < HeaderLength)
            {
                return records < MaxRecords && IsHeaderSoFar(bytes) ? Preface.Incomplete : Preface.Refuse(GatewayRefusal.MalformedClientHello);
            }

            var length = (bytes[3] << 8) | bytes[4];
            if (records == MaxRecords || !IsHeaderSoFar(bytes) || length is 0 or > MaxFragment)
            {
                return Preface.Refuse(GatewayRefusal.MalformedClientHello);
            }

            var available = Math.Min(length, bytes.Length - HeaderLength);
            fragments.AddRange(bytes.Slice(HeaderLength, available));
            if (Assemble(CollectionsMarshal.AsSpan(fragments)) is { } result)
            {
                // The record says that something follows: refused, whether it has arrived or not.
                return result.Kind == PrefaceKind.Tls && available < length ? Preface.Refuse(GatewayRefusal.MalformedClientHello) : result;
            }

            if (available < length)
            {
                return Preface.Incomplete;
            }

            bytes = bytes[(HeaderLength + length)..];
        }
    }

    private static bool IsHeaderSoFar(ReadOnlySpan<byte> header) =>
        (header.Length < 1 || header[0] == Handshake) && (header.Length < 2 || header[1] == 3) && (header.Length < 3 || header[2] <= 4);

    /// <summary>Null while the message is not complete.</summary>
    private static Preface? Assemble(ReadOnlySpan<byte> message)
    {
        if (message.Length > 0 && message[0] != ClientHelloMessage)
        {
            return Preface.Refuse(GatewayRefusal.MalformedClientHello);
        }

        if (message.Length < MessageHeaderLength)
        {
            return null;
        }

        var length = (message[1] << 16) | (message[2] << 8) | message[3];
        if (length > MaxHello)
        {
            return Preface.Refuse(GatewayRefusal.MalformedClientHello);
        }

        if (message.Length < MessageHeaderLength + length)
        {
            return null;
        }

        // Nothing may follow a ClientHello in its record before the server has answered.
        return message.Length == MessageHeaderLength + length
            ? ClientHelloReader.Read(message[MessageHeaderLength..])
            : Preface.Refuse(GatewayRefusal.MalformedClientHello);
    }
}
