using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Json;

/// <summary>
/// Reads JSON (RFC 8259) into nodes that know their place, which the framework's readers do not. Strict: no comments, no trailing commas, no name
/// twice in an object. Stops at the first mistake; depth and length are limited.
/// </summary>
internal sealed class JsonReader
{
    /// <summary>How deep entities, requests and schemas are nested at most.</summary>
    public const int DataDepth = 200;

    private readonly string _text;
    private readonly DiagnosticSink _diagnostics;
    private readonly int _maxDepth;
    private int _position;
    private int _depth;

    // Where the string that was read last begins.
    private int _stringStart;

    private JsonReader(SourceText source, DiagnosticSink diagnostics, int maxDepth)
    {
        _text = source.Text;
        _diagnostics = diagnostics;
        _maxDepth = maxDepth;
    }

    /// <summary>The one value that the text consists of; null after a report.</summary>
    public static JsonNode? Read(SourceText source, DiagnosticSink diagnostics, int maxDepth = DataDepth)
    {
        if (CedarParser.IsTooLarge(source, diagnostics))
        {
            return null;
        }

        var reader = new JsonReader(source, diagnostics, maxDepth);
        var value = reader.Value();
        reader.SkipBlank();
        return value is not null && reader._position < reader._text.Length ? reader.Report("the end of the text") : value;
    }

    private JsonNode? Value()
    {
        SkipBlank();
        if (_position >= _text.Length)
        {
            return Report("a value");
        }

        if (_depth >= _maxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            _diagnostics.Error(CedarCodes.TooDeep, $"the text is nested more than {_depth} deep", new SourceSpan(_position, 1));
            return null;
        }

        _depth++;
        var value = _text[_position] switch
        {
            '{' => Object(),
            '[' => Array(),
            '"' => String() is { } text ? new JsonNode.Text(text, SpanFrom(_stringStart)) : null,
            't' => Word("true", span => new JsonNode.Bool(true, span)),
            'f' => Word("false", span => new JsonNode.Bool(false, span)),
            'n' => Word("null", span => new JsonNode.Null(span)),
            '-' or (>= '0' and <= '9') => Number(),
            _ => Report("a value"),
        };
        _depth--;
        return value;
    }

    private SourceSpan SpanFrom(int start) => new(start, _position - start);

    private void SkipBlank()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or '\n' or '\r')
        {
            _position++;
        }
    }

    private bool TryTake(char c)
    {
        SkipBlank();
        if (_position >= _text.Length || _text[_position] != c)
        {
            return false;
        }

        _position++;
        return true;
    }

    private JsonNode? Report(string expected)
    {
        var found = _position >= _text.Length ? "the end of the text" : $"`{CharacterAt(_position)}`";
        _diagnostics.Error(CedarCodes.InvalidJson, $"expected {expected}, found {found}", new SourceSpan(_position, _position < _text.Length ? 1 : 0));
        return null;
    }

    // Controls would break the line of the message.
    private string CharacterAt(int position) =>
        char.IsControl(_text[position]) || char.IsSurrogate(_text[position])
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)_text[position]:x4}")
            : _text[position].ToString();

    private JsonNode? Word(string word, Func<SourceSpan, JsonNode> make)
    {
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
        {
            return Report("a value");
        }

        var start = _position;
        _position += word.Length;
        return make(SpanFrom(start));
    }

    private JsonNode? Number()
    {
        var start = _position;
        _position += _text[_position] == '-' ? 1 : 0;
        var leading = _position;
        if (Digits() == 0 || (_text[leading] == '0' && _position - leading > 1))
        {
            return Report("a digit");
        }

        if (_position < _text.Length && _text[_position] == '.')
        {
            _position++;
            if (Digits() == 0)
            {
                return Report("a digit");
            }
        }

        if (_position < _text.Length && _text[_position] is 'e' or 'E')
        {
            _position++;
            _position += _position < _text.Length && _text[_position] is '+' or '-' ? 1 : 0;
            if (Digits() == 0)
            {
                return Report("a digit");
            }
        }

        return new JsonNode.Number(_text[start.._position], SpanFrom(start));
    }

    private int Digits()
    {
        var start = _position;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }

        return _position - start;
    }

    /// <summary>The decoded string whose opening quote is the current character; null after a report.</summary>
    private string? String()
    {
        var start = _position++;
        StringBuilder? decoded = null;
        while (true)
        {
            var rest = _text.AsSpan(_position);
            var length = rest.IndexOfAny('"', '\\');
            var control = (length < 0 ? rest : rest[..length]).IndexOfAnyInRange('\0', '\x1f');
            if (control >= 0 || length < 0)
            {
                _position += control >= 0 ? control : rest.Length;
                Report("`\"` at the end of the string");
                return null;
            }

            if (rest[length] == '"')
            {
                _position += length + 1;
                _stringStart = start;
                var last = rest[..length];
                var value = decoded is null ? last.ToString() : decoded.Append(last).ToString();
                return CheckSurrogates(value, start);
            }

            (decoded ??= new StringBuilder()).Append(rest[..length]);
            _position += length + 1;
            if (!Escape(decoded))
            {
                return null;
            }
        }
    }

    private bool Escape(StringBuilder decoded)
    {
        var c = _position < _text.Length ? _text[_position] : '\0';
        var unit = c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' when _position + 4 < _text.Length
                && ushort.TryParse(_text.AsSpan(_position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) => (char)code,
            _ => (char?)null,
        };
        if (unit is not { } known)
        {
            Report("an escape");
            return false;
        }

        decoded.Append(known);
        _position += c == 'u' ? 5 : 1;
        return true;
    }

    private string? CheckSurrogates(string value, int start)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                _diagnostics.Error(CedarCodes.InvalidJson, "the string has half of a surrogate pair", SpanFrom(start));
                return null;
            }
        }

        return value;
    }

    private JsonNode? Array()
    {
        var start = _position++;
        var items = ImmutableArray.CreateBuilder<JsonNode>();
        if (TryTake(']'))
        {
            return new JsonNode.Array([], SpanFrom(start));
        }

        do
        {
            if (Value() is not { } item)
            {
                return null;
            }

            items.Add(item);
        }
        while (TryTake(','));

        return TryTake(']') ? new JsonNode.Array(items.DrainToImmutable(), SpanFrom(start)) : Report("`,` or `]`");
    }

    private JsonNode? Object()
    {
        var start = _position++;
        if (TryTake('}'))
        {
            return new JsonNode.Object([], SpanFrom(start));
        }

        var members = ImmutableArray.CreateBuilder<JsonMember>();
        HashSet<string> names = new(StringComparer.Ordinal);
        do
        {
            SkipBlank();
            if (_position >= _text.Length || _text[_position] != '"')
            {
                return Report("a name in quotes");
            }

            if (String() is not { } name)
            {
                return null;
            }

            var span = SpanFrom(_stringStart);
            if (!names.Add(name))
            {
                _diagnostics.Error(CedarCodes.InvalidJson, $"{CedarString.Quote(name)} is given twice", span);
            }

            if (!TryTake(':'))
            {
                return Report("`:`");
            }

            if (Value() is not { } value)
            {
                return null;
            }

            members.Add(new JsonMember(name, span, value));
        }
        while (TryTake(','));

        return TryTake('}') ? new JsonNode.Object(members.DrainToImmutable(), SpanFrom(start)) : Report("`,` or `}`");
    }
}
