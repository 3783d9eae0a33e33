using System.Buffers;
using System.Text;

namespace Leash.Audit;

/// <summary>Bytes that are usually UTF-8 as strings, and back, without loss.</summary>
public static class ByteText
{
    /// <summary>Decodes UTF-8; each byte that is not part of a valid sequence becomes the lone surrogate U+DC00 + byte.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
                bytes = bytes[consumed..];
            }
            else
            {
                text.Append((char)(0xdc00 + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>The bytes that <see cref="Decode"/> made the text of.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                bytes.GetSpan(1)[0] = (byte)text[i];
                bytes.Advance(1);
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>
    /// For a terminal: what is invalid, invisible or steers the terminal is written as <c>\xHH</c> or <c>\u{HHHH}</c>, and a backslash
    /// as <c>\\</c>.
    /// </summary>
    public static string Visible(string text)
    {
        if (IsPlain(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                AppendVisible(result, rune);
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                result.Append($"\\x{text[i] & 0xff:x2}");
            }
        }

        return result.ToString();
    }

    private static void AppendVisible(StringBuilder result, Rune rune)
    {
        if (rune.Value == '\\')
        {
            result.Append("\\\\");
        }
        else if (rune.Value < 0x20 || rune.Value == 0x7f)
        {
            result.Append($"\\x{rune.Value:x2}");
        }
        else if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control
            or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator)
        {
            result.Append($"\\u{{{rune.Value:x}}}");
        }
        else
        {
            result.Append(rune.ToString());
        }
    }

    private static bool IsPlain(string text)
    {
        foreach (var unit in text)
        {
            if (unit is < ' ' or > '~' or '\\')
            {
                return false;
            }
        }

        return true;
    }
}
