using System.Buffers.Binary;

namespace Leash.Gateway.Dns;

/// <summary>Bounded cursor over one message. Every read fails rather than passing the end.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _message.Length;

    public bool TryReadUInt16(out ushort value)
    {
        if (_message.Length - Position < 2)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]);
        Position += 2;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (_message.Length - Position < 4)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt32BigEndian(_message[Position..]);
        Position += 4;
        return true;
    }

    public bool TryReadBytes(int length, out ReadOnlySpan<byte> bytes)
    {
        if (_message.Length - Position < length)
        {
            bytes = default;
            return false;
        }

        bytes = _message.Slice(Position, length);
        Position += length;
        return true;
    }

    /// <summary>Reads a possibly compressed name (RFC 1035 §4.1.4).</summary>
    public bool TryReadName(out DnsName name)
    {
        name = default;
        Span<byte> wire = stackalloc byte[DnsName.MaxWireLength];
        var written = 0;
        var at = Position;
        var end = -1;
        // Each pointer has to lead before everything read so far, so the walk ends after at most message-length steps and loops cannot exist.
        var ceiling = at;
        while (at < _message.Length)
        {
            var length = _message[at];
            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= _message.Length)
                {
                    return false;
                }

                var target = ((length & 0x3F) << 8) | _message[at + 1];
                end = end < 0 ? at + 2 : end;
                if (target >= ceiling)
                {
                    return false;
                }

                ceiling = at = target;
                continue;
            }

            if (length > DnsName.MaxLabelLength || at + 1 + length > _message.Length || written + 1 + length > wire.Length)
            {
                return false;
            }

            _message.Slice(at, 1 + length).CopyTo(wire[written..]);
            written += 1 + length;
            at += 1 + length;
            if (length == 0)
            {
                Position = end < 0 ? at : end;
                name = new DnsName(wire[..written].ToArray());
                return true;
            }
        }

        return false;
    }
}
