using System.Globalization;
using System.Text;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>Decodes the escapes of string and pattern literals, reporting every one that is wrong.</summary>
internal sealed class StringLiteral(string text, DiagnosticSink diagnostics)
{
    private const int MaxUnicodeDigits = 6;

    // Underscores between the digits have no limit of their own; with one, an escape without an end does not search the rest of the text.
    private const int MaxUnicodeLength = 1_000;

    private int _position;
    private int _end;

    /// <summary>The string that the literal at <paramref name="span"/> (quotes included) stands for.</summary>
    public string Decode(SourceSpan span)
    {
        var content = text.AsSpan(span.Start + 1, span.Length - 2);
        if (content.IndexOfAny('\\', '\r') < 0 && content.IndexOfAnyInRange('\ud800', '\udfff') < 0)
        {
            return content.ToString();
        }

        var result = new StringBuilder(content.Length);
        Start(span);
        while (TryNext(out var rune, out _))
        {
            Append(result, rune);
        }

        return result.ToString();
    }

    /// <summary>The pattern that the literal at <paramref name="span"/> stands for.</summary>
    public Pattern DecodePattern(SourceSpan span)
    {
        List<PatternElement> elements = [];
        var literal = new StringBuilder();
        Start(span);
        while (TryNext(out var rune, out var isEscapedStar, isPattern: true))
        {
            // A star spelled by its number, `\x2a`, is a wildcard too: so the reference implementation has it.
            if (rune != '*' || isEscapedStar)
            {
                Append(literal, rune);
                continue;
            }

            elements.Add(new PatternElement(literal.ToString()));
            elements.Add(PatternElement.Wildcard);
            literal.Clear();
        }

        elements.Add(new PatternElement(literal.ToString()));
        return new Pattern(elements);
    }

    private static void Append(StringBuilder builder, int rune)
    {
        if (rune <= char.MaxValue)
        {
            builder.Append((char)rune);
        }
        else
        {
            builder.Append(char.ConvertFromUtf32(rune));
        }
    }

    private void Start(SourceSpan span)
    {
        _position = span.Start + 1;
        _end = span.End - 1;
    }

    /// <summary>The next character or decoded escape; what is wrong is reported and left out.</summary>
    private bool TryNext(out int rune, out bool isEscapedStar, bool isPattern = false)
    {
        isEscapedStar = false;
        while (_position < _end)
        {
            var start = _position;
            rune = text[_position++];
            if (rune == '\r')
            {
                Report(start, "carriage return in a string literal", "write it as `\\r`");
                continue;
            }

            if (char.IsSurrogate((char)rune))
            {
                if (char.IsHighSurrogate((char)rune) && _position < _end && char.IsLowSurrogate(text[_position]))
                {
                    rune = char.ConvertToUtf32((char)rune, text[_position++]);
                    return true;
                }

                Report(start, "half of a surrogate pair in a string literal", "it is no character; write a whole one, or its number as in `\\u{1F600}`");
                continue;
            }

            if (rune != '\\')
            {
                return true;
            }

            var decoded = DecodeEscape(start, isPattern, out isEscapedStar);
            if (decoded >= 0)
            {
                rune = decoded;
                return true;
            }
        }

        rune = 0;
        return false;
    }

    /// <summary>The code point behind a backslash, or -1 after a report.</summary>
    private int DecodeEscape(int start, bool isPattern, out bool isEscapedStar)
    {
        isEscapedStar = false;
        var c = text[_position++];
        switch (c)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case '0':
                return '\0';
            case '\\' or '"' or '\'':
                return c;
            case '*' when isPattern:
                isEscapedStar = true;
                return c;
            case 'x':
                return DecodeHex(start);
            case 'u':
                return DecodeUnicode(start);
            default:
                if (char.IsHighSurrogate(c) && _position < _end)
                {
                    _position++;
                }

                return Report(
                    start,
                    $"invalid escape `{text[start.._position]}`",
                    c == '*' ? "`\\*` stands for a star only in the pattern of `like`" : "a backslash itself is written `\\\\`");
        }
    }

    private int DecodeHex(int start)
    {
        if (_position + 2 <= _end && char.IsAsciiHexDigit(text[_position]) && char.IsAsciiHexDigit(text[_position + 1]))
        {
            var value = int.Parse(text.AsSpan(_position, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            _position += 2;
            return value <= 0x7f
                ? value
                : Report(start, $"escape `{text[start.._position]}` is out of range", "`\\x` goes up to `\\x7F`; use `\\u{…}`");
        }

        return Report(start, "invalid escape `\\x`", "write two hexadecimal digits, as in `\\x7F`");
    }

    private int DecodeUnicode(int start)
    {
        const string Help = "write one to six hexadecimal digits in braces, as in `\\u{1F600}`";
        if (_position >= _end || text[_position] != '{')
        {
            return Report(start, "invalid escape `\\u`", Help);
        }

        var close = text.AsSpan(_position, Math.Min(MaxUnicodeLength, _end - _position)).IndexOf('}');
        if (close < 0)
        {
            return Report(start, "invalid escape `\\u{`", Help);
        }

        var digits = text.AsSpan(_position + 1, close - 1);
        _position += close + 1;
        var value = 0;
        var count = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == '_' && i > 0)
            {
                continue;
            }

            if (!char.IsAsciiHexDigit(digits[i]) || ++count > MaxUnicodeDigits)
            {
                count = 0;
                break;
            }

            value = (value << 4) | (char.IsAsciiDigit(digits[i]) ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10);
        }

        if (count == 0)
        {
            return Report(start, "invalid escape `\\u{…}`", Help);
        }

        return Rune.IsValid(value)
            ? value
            : Report(start, $"escape `{text[start.._position]}` names no character", "surrogates and numbers above 10FFFF are no characters");
    }

    private int Report(int start, string message, string help)
    {
        diagnostics.Error(CedarCodes.InvalidEscape, message, new SourceSpan(start, _position - start), help);
        return -1;
    }
}
