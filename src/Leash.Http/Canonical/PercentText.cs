using System.Buffers;
using System.Globalization;
using System.Text;

namespace Leash.Http.Canonical;

/// <summary>
/// Percent-encoding (RFC 3986, 2.1 and 6.2.2): hexadecimal digits in upper case, unreserved characters as they are, everything that may not stand
/// as it is encoded.
/// </summary>
internal static class PercentText
{
    /// <summary>The text in its one form; null with the reason.</summary>
    /// <param name="text">A path or a query.</param>
    /// <param name="allowed">What may stand as it is.</param>
    /// <param name="tolerated">What is encoded when it stands as it is.</param>
    /// <param name="refusal">Why there is none.</param>
    public static string? Normalize(ReadOnlySpan<char> text, SearchValues<char> allowed, SearchValues<char> tolerated, out RequestRefusal refusal)
    {
        refusal = RequestRefusal.None;
        if (!text.ContainsAnyExcept(allowed))
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    refusal = RequestRefusal.BadPercent;
                    return null;
                }

                AppendByte(result, byte.Parse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), HttpCharacters.Unreserved);
                i += 2;
            }
            else if (allowed.Contains(c))
            {
                result.Append(c);
            }
            else if (tolerated.Contains(c))
            {
                AppendByte(result, (byte)c, HttpCharacters.Unreserved);
            }
            else
            {
                refusal = c == '#' ? RequestRefusal.Fragment : RequestRefusal.BadCharacter;
                return null;
            }
        }

        return result.ToString();
    }

    /// <summary>Normal text with encoded characters of a set as they are.</summary>
    public static string Decode(string normal, SearchValues<char> decoded)
    {
        if (!normal.Contains('%', StringComparison.Ordinal))
        {
            return normal;
        }

        var result = new StringBuilder(normal.Length);
        for (var i = 0; i < normal.Length; i++)
        {
            if (normal[i] != '%')
            {
                result.Append(normal[i]);
                continue;
            }

            AppendByte(result, ByteAt(normal, i), decoded);
            i += 2;
        }

        return result.ToString();
    }

    /// <summary>The bytes that normal text stands for.</summary>
    public static byte[] ToBytes(string normal)
    {
        var bytes = new byte[normal.Length];
        var count = 0;
        for (var i = 0; i < normal.Length; i++)
        {
            bytes[count++] = normal[i] == '%' ? ByteAt(normal, i) : (byte)normal[i];
            i += normal[i] == '%' ? 2 : 0;
        }

        return bytes[..count];
    }

    private static byte ByteAt(string normal, int percent) =>
        byte.Parse(normal.AsSpan(percent + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void AppendByte(StringBuilder result, byte value, SearchValues<char> asItIs)
    {
        if (value < 0x80 && asItIs.Contains((char)value))
        {
            result.Append((char)value);
        }
        else
        {
            result.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }
    }
}
