using System.Buffers;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>Cuts a policy text into tokens on demand. Reports what is no token and goes on behind it.</summary>
internal sealed class Lexer(SourceText source, DiagnosticSink diagnostics)
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> s_identifierParts =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz0123456789");

    private readonly string _text = source.Text;
    private int _position;

    // Once one string has no end, every later quote would search the whole rest again: quadratic on hostile text.
    private bool _hasUnterminated;

    public Token Next()
    {
        SkipBlank();
        var start = _position;
        if (start >= _text.Length)
        {
            return new Token(TokenKind.EndOfText, new SourceSpan(_text.Length, 0));
        }

        var kind = _text[start] switch
        {
            '"' => ReadString(),
            var c when char.IsAsciiDigit(c) => ReadRun(TokenKind.Integer, s_digits),
            var c when IsIdentifierStart(c) => ReadRun(TokenKind.Identifier, s_identifierParts),
            var c => ReadPunctuation(c),
        };
        return new Token(kind, new SourceSpan(start, _position - start));
    }

    private static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private void SkipBlank()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (char.IsWhiteSpace(c))
            {
                _position++;
            }
            else if (c == '/' && Peek(1) == '/')
            {
                var end = _text.AsSpan(_position).IndexOfAny('\n', '\r');
                _position = end < 0 ? _text.Length : _position + end;
            }
            else
            {
                return;
            }
        }
    }

    private char Peek(int ahead) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private TokenKind ReadRun(TokenKind kind, SearchValues<char> belonging)
    {
        var length = _text.AsSpan(_position).IndexOfAnyExcept(belonging);
        _position = length < 0 ? _text.Length : _position + length;
        return kind;
    }

    private TokenKind ReadString()
    {
        var start = _position;
        var rest = _text.AsSpan(start + 1);
        if (_hasUnterminated && rest.IndexOf('\n') is >= 0 and var line)
        {
            rest = rest[..line];
        }

        var at = 0;
        while (true)
        {
            var found = rest[at..].IndexOfAny('"', '\\');
            if (found < 0)
            {
                return ReportUnterminated(start);
            }

            at += found;
            if (rest[at] == '"')
            {
                _position = start + 1 + at + 1;
                return TokenKind.String;
            }

            at = Math.Min(at + 2, rest.Length);
        }
    }

    private TokenKind ReportUnterminated(int start)
    {
        _hasUnterminated = true;
        var end = _text.AsSpan(start).IndexOfAny('\n', '\r');
        _position = end < 0 ? _text.Length : start + end;
        diagnostics.Error(
            CedarCodes.UnterminatedString, "string literal has no closing quote", new SourceSpan(start, _position - start),
            "close it with `\"`; a quote inside a string is written `\\\"`");
        return TokenKind.Invalid;
    }

    private TokenKind ReadPunctuation(char c)
    {
        var (kind, length) = (c, Peek(1)) switch
        {
            ('=', '=') => (TokenKind.EqualEqual, 2),
            ('!', '=') => (TokenKind.BangEqual, 2),
            ('<', '=') => (TokenKind.LessEqual, 2),
            ('>', '=') => (TokenKind.GreaterEqual, 2),
            ('&', '&') => (TokenKind.AndAnd, 2),
            ('|', '|') => (TokenKind.OrOr, 2),
            (':', ':') => (TokenKind.ColonColon, 2),
            ('=', _) => (TokenKind.Assign, 1),
            ('!', _) => (TokenKind.Bang, 1),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('@', _) => (TokenKind.At, 1),
            ('?', _) => (TokenKind.Question, 1),
            ('(', _) => (TokenKind.LeftParen, 1),
            (')', _) => (TokenKind.RightParen, 1),
            ('[', _) => (TokenKind.LeftBracket, 1),
            (']', _) => (TokenKind.RightBracket, 1),
            ('{', _) => (TokenKind.LeftBrace, 1),
            ('}', _) => (TokenKind.RightBrace, 1),
            (',', _) => (TokenKind.Comma, 1),
            (';', _) => (TokenKind.Semicolon, 1),
            ('.', _) => (TokenKind.Dot, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            _ => (TokenKind.Invalid, 0),
        };
        if (kind == TokenKind.Invalid)
        {
            ReportUnexpected();
        }

        _position += length;
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
