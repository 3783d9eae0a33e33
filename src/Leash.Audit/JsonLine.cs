using System.Buffers.Text;
using System.Text;

namespace Leash.Audit;

/// <summary>
/// Writes one line of JSON into a reused buffer. Strings made of bytes are decoded as UTF-8; each byte that is not part of a valid sequence
/// becomes the escape of the lone surrogate U+DC00 + byte, and characters that steer a terminal or break lines are escaped, so that two
/// different names never look the same in the log and no name can start a line of its own.
/// </summary>
internal sealed class JsonLine
{
    private byte[] _buffer = new byte[1024];
    private int _length;
    private bool _needsComma;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Begin()
    {
        _length = 0;
        Append((byte)'{');
        _needsComma = false;
    }

    public void BeginObject()
    {
        Separate();
        Append((byte)'{');
        _needsComma = false;
    }

    public void EndObject()
    {
        Append((byte)'}');
        _needsComma = true;
    }

    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Append((byte)'[');
        _needsComma = false;
    }

    public void EndArray()
    {
        Append((byte)']');
        _needsComma = true;
    }

    public void Member(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        var room = Reserve(20);
        Utf8Formatter.TryFormat(value, room, out var written);
        _length += written;
        _needsComma = true;
    }

    public void Member(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Append(value ? "true"u8 : "false"u8);
        _needsComma = true;
    }

    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Quoted(value);
    }

    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        Name(name);
        Quoted(value);
    }

    /// <summary>A UTC time with microseconds: always 27 characters, so that lines sort.</summary>
    public void Time(ReadOnlySpan<byte> name, long ticks)
    {
        Name(name);
        Append((byte)'"');
        var time = new DateTime(ticks, DateTimeKind.Utc);
        Utf8Formatter.TryFormat(time, Reserve(28), out _, 'O'); // yyyy-MM-ddTHH:mm:ss.fffffffZ
        _length += 26;
        Append("Z\""u8);
        _needsComma = true;
    }

    public void Element(ReadOnlySpan<byte> value)
    {
        Separate();
        Quoted(value);
    }

    public void Element(ReadOnlySpan<char> value)
    {
        Separate();
        Quoted(value);
    }

    /// <summary>Adds bytes as they are.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private void Append(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Append((byte)'"');
        Append(name);
        Append("\":"u8);
    }

    private void Separate()
    {
        if (_needsComma)
        {
            Append((byte)',');
        }

        _needsComma = true;
    }

    private void Quoted(ReadOnlySpan<char> value)
    {
        Append((byte)'"');
        foreach (var unit in value)
        {
            if (unit < 0x80)
            {
                Ascii((byte)unit);
            }
            else
            {
                // Text of our own is ASCII almost always; escaping the rest is exact for lone surrogates, too.
                Escape(unit);
            }
        }

        Append((byte)'"');
        _needsComma = true;
    }

    private void Quoted(ReadOnlySpan<byte> value)
    {
        Append((byte)'"');
        while (!value.IsEmpty)
        {
            if (value[0] < 0x80)
            {
                Ascii(value[0]);
                value = value[1..];
                continue;
            }

            if (Rune.DecodeFromUtf8(value, out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                if (IsSafe(rune))
                {
                    Append(value[..consumed]);
                }
                else
                {
                    Escape(rune.Value);
                }

                value = value[consumed..];
                continue;
            }

            Escape(0xdc00 + value[0]);
            value = value[1..];
        }

        Append((byte)'"');
        _needsComma = true;
    }

    private void Ascii(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                Append("\\\""u8);
                break;
            case (byte)'\\':
                Append("\\\\"u8);
                break;
            case < 0x20 or 0x7f:
                Escape(value);
                break;
            default:
                Append(value);
                break;
        }
    }

    /// <summary>Controls, line and paragraph separators, and the marks that reorder text are not safe. All are in the first plane.</summary>
    private static bool IsSafe(Rune rune) => rune.Value switch
    {
        <= 0x9f => false,
        0xad or 0x61c or 0xfeff => false,
        >= 0x200b and <= 0x200f => false,
        >= 0x2028 and <= 0x202e => false,
        >= 0x2060 and <= 0x206f => false,
        _ => true,
    };

    private void Escape(int unit)
    {
        var room = Reserve(6);
        room[0] = (byte)'\\';
        room[1] = (byte)'u';
        for (var i = 0; i < 4; i++)
        {
            room[2 + i] = "0123456789abcdef"u8[(unit >> (12 - (4 * i))) & 0xf];
        }

        _length += 6;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        return _buffer.AsSpan(_length);
    }
}
