using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>Cuts a policy text into tokens on demand. Reports what is no token and goes on behind it.</summary>
internal sealed class Lexer(SourceText source, DiagnosticSink diagnostics)
{
    private readonly string _text = source.Text;
    private int _position;

    // Once one string has no end, strings end with their line, or every later quote would search the whole rest again: quadratic on hostile
    // text. For the same reason the end of the line is looked for once.
    private bool _hasUnterminated;
    private int _lineEnd;

    public Token Next()
    {
        SkipBlank();
        var start = _position;
        if (start >= _text.Length)
        {
            return new Token(TokenKind.EndOfText, Word.None, new SourceSpan(_text.Length, 0));
        }

        var c = _text[start];
        if (IsIdentifierStart(c))
        {
            return ReadIdentifier(start);
        }

        var kind = c == '"' ? ReadString() : char.IsAsciiDigit(c) ? ReadInteger() : ReadPunctuation(c);
        return new Token(kind, Word.None, new SourceSpan(start, _position - start));
    }

    /// <summary>Which known word this is, if one.</summary>
    public static Word FindWord(ReadOnlySpan<char> name) =>
        name switch
        {
            "if" => Word.If,
            "in" => Word.In,
            "is" => Word.Is,
            "has" => Word.Has,
            "then" => Word.Then,
            "else" => Word.Else,
            "like" => Word.Like,
            "true" => Word.True,
            "when" => Word.When,
            "false" => Word.False,
            "permit" => Word.Permit,
            "forbid" => Word.Forbid,
            "unless" => Word.Unless,
            "action" => Word.Action,
            "context" => Word.Context,
            "__cedar" => Word.Cedar,
            "resource" => Word.Resource,
            "principal" => Word.Principal,
            _ => Word.None,
        };

    private static bool IsIdentifierStart(char c) => (uint)((c | 0x20) - 'a') <= 'z' - 'a' || c == '_';

    private void SkipBlank()
    {
        // This and the next loop run for every character of a text, and mostly before the JIT has optimized them: they call nothing.
        var text = _text;
        var position = _position;
        while (position < text.Length)
        {
            var c = text[position];
            if (c is ' ' or '\n' or '\r' or '\t')
            {
                position++;
            }
            else if (c == '/' && position + 1 < text.Length && text[position + 1] == '/')
            {
                var end = text.AsSpan(position).IndexOfAny('\n', '\r');
                position = end < 0 ? text.Length : position + end;
            }
            else if (c is > ' ' and < '\x7f' || !char.IsWhiteSpace(c))
            {
                break;
            }
            else
            {
                position++;
            }
        }

        _position = position;
    }

    private char Peek(int ahead) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private Token ReadIdentifier(int start)
    {
        var text = _text;
        var position = start + 1;
        while (position < text.Length)
        {
            var c = text[position];
            if ((uint)((c | 0x20) - 'a') > 'z' - 'a' && (uint)(c - '0') > 9 && c != '_')
            {
                break;
            }

            position++;
        }

        _position = position;
        var length = position - start;
        return new Token(TokenKind.Identifier, FindWord(text.AsSpan(start, length)), new SourceSpan(start, length));
    }

    private TokenKind ReadInteger()
    {
        var length = _text.AsSpan(_position).IndexOfAnyExceptInRange('0', '9');
        _position = length < 0 ? _text.Length : _position + length;
        return TokenKind.Integer;
    }

    private TokenKind ReadString()
    {
        var start = _position;
        var rest = _text.AsSpan(start + 1);
        var at = rest.IndexOfAny('"', '\\');
        if (_hasUnterminated)
        {
            rest = rest[..(FindLineEnd(start) - start - 1)];
            at = at < rest.Length ? at : -1;
        }

        while (at >= 0 && rest[at] == '\\')
        {
            var next = Math.Min(at + 2, rest.Length);
            var found = rest[next..].IndexOfAny('"', '\\');
            at = found < 0 ? -1 : next + found;
        }

        if (at < 0)
        {
            return ReportUnterminated(start);
        }

        _position = start + 1 + at + 1;
        return TokenKind.String;
    }

    private int FindLineEnd(int start)
    {
        if (_lineEnd <= start)
        {
            var length = _text.AsSpan(start).IndexOf('\n');
            _lineEnd = length < 0 ? _text.Length : start + length;
        }

        return _lineEnd;
    }

    private TokenKind ReportUnterminated(int start)
    {
        _hasUnterminated = true;
        _position = start + _text.AsSpan(start, FindLineEnd(start) - start).TrimEnd('\r').Length;
        diagnostics.Error(
            CedarCodes.UnterminatedString, "string literal has no closing quote", new SourceSpan(start, _position - start),
            "close it with `\"`; a quote inside a string is written `\\\"`");
        return TokenKind.Invalid;
    }

    private TokenKind ReadPunctuation(char c)
    {
        var next = Peek(1);
        var kind = c switch
        {
            '=' => next == '=' ? TokenKind.EqualEqual : TokenKind.Assign,
            '!' => next == '=' ? TokenKind.BangEqual : TokenKind.Bang,
            '<' => next == '=' ? TokenKind.LessEqual : TokenKind.Less,
            '>' => next == '=' ? TokenKind.GreaterEqual : TokenKind.Greater,
            ':' => next == ':' ? TokenKind.ColonColon : TokenKind.Colon,
            '&' when next == '&' => TokenKind.AndAnd,
            '|' when next == '|' => TokenKind.OrOr,
            '@' => TokenKind.At,
            '?' => TokenKind.Question,
            '(' => TokenKind.LeftParen,
            ')' => TokenKind.RightParen,
            '[' => TokenKind.LeftBracket,
            ']' => TokenKind.RightBracket,
            '{' => TokenKind.LeftBrace,
            '}' => TokenKind.RightBrace,
            ',' => TokenKind.Comma,
            ';' => TokenKind.Semicolon,
            '.' => TokenKind.Dot,
            '+' => TokenKind.Plus,
            '-' => TokenKind.Minus,
            '*' => TokenKind.Star,
            '/' => TokenKind.Slash,
            '%' => TokenKind.Percent,
            _ => TokenKind.Invalid,
        };
        if (kind == TokenKind.Invalid)
        {
            ReportUnexpected();
            return kind;
        }

        var isDouble = kind is TokenKind.EqualEqual or TokenKind.BangEqual or TokenKind.LessEqual or TokenKind.GreaterEqual
            or TokenKind.ColonColon or TokenKind.AndAnd or TokenKind.OrOr;
        _position += isDouble ? 2 : 1;
        return kind;
    }

    /// <summary>Takes a run of characters that can start no token as one mistake.</summary>
    private void ReportUnexpected()
    {
        var start = _position;
        var c = _text[start];
        do
        {
            _position++;
        }
        while (_position < _text.Length && _text[_position] > '\x7f' && !char.IsWhiteSpace(_text[_position]) && c > '\x7f');

        var help = c switch
        {
            '&' => "the operator is `&&`",
            '|' => "the operator is `||`",
            '\'' or '\u2018' or '\u2019' or '\u201C' or '\u201D' or '`' => "strings are written in double quotes, `\"…\"`",
            '#' => "comments start with `//`",
            _ => null,
        };
        diagnostics.Error(
            CedarCodes.UnexpectedCharacter, $"unexpected character `{_text[start.._position]}`", new SourceSpan(start, _position - start), help);
    }
}
