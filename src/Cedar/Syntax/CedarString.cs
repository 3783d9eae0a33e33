using System.Globalization;
using System.Text;

namespace Cedar.Syntax;

/// <summary>String literals of the Cedar language (Cedar spec, "Strings").</summary>
public static class CedarString
{
    /// <summary>The literal, quotes included, that reads back as exactly <paramref name="text"/>.</summary>
    public static string Quote(string text)
    {
        var builder = new StringBuilder(text.Length + 2);
        builder.Append('"');
        AppendEscaped(builder, text, isPattern: false);
        return builder.Append('"').ToString();
    }

    /// <summary>The text on one line: names and strings that messages quote may hold line breaks and what moves a terminal's cursor.</summary>
    internal static string EscapeControls(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (!char.IsControl(c))
            {
                builder.Append(c);
            }
            else if (c is '\n' or '\r' or '\t' or '\0')
            {
                builder.Append(c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => "\\0" });
            }
            else
            {
                AppendPlain(builder, c);
            }
        }

        return builder.ToString();
    }

    /// <summary>Appends the text with what needs it escaped; in a pattern a star is a character that needs it.</summary>
    internal static void AppendEscaped(StringBuilder builder, string text, bool isPattern)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                builder.Append(c).Append(text[++i]);
                continue;
            }

            switch (c)
            {
                case '"' or '\\':
                    builder.Append('\\').Append(c);
                    break;
                case '*' when isPattern:
                    builder.Append("\\*");
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case '\r':
                    builder.Append("\\r");
                    break;
                case '\t':
                    builder.Append("\\t");
                    break;
                case '\0':
                    builder.Append("\\0");
                    break;
                default:
                    AppendPlain(builder, c);
                    break;
            }
        }
    }

    private static void AppendPlain(StringBuilder builder, char c)
    {
        // Controls and lone surrogates would not survive a terminal or a file; the escape says exactly what is there.
        if (char.IsControl(c) || char.IsSurrogate(c))
        {
            builder.Append("\\u{").Append(((int)c).ToString("x", CultureInfo.InvariantCulture)).Append('}');
        }
        else
        {
            builder.Append(c);
        }
    }
}
