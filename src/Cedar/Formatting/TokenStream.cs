using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Formatting;

/// <summary>
/// All tokens of a text with their comments, to be taken one after the other. A comment behind a token on the same line belongs to it, any
/// other one to the token below.
/// </summary>
internal sealed class TokenStream
{
    private readonly List<CommentedToken> _tokens = [];
    private int _next;

    public TokenStream(SourceText source)
    {
        // The text has been parsed before, so there is nothing to report.
        var lexer = new Lexer(source, new DiagnosticSink(source));
        var text = source.Text;
        CommentedToken? previous = null;
        var end = 0;
        Token token;
        do
        {
            token = lexer.Next();
            var current = new CommentedToken(token, text.Substring(token.Span.Start, token.Span.Length));
            Attach(text.AsSpan(end, token.Span.Start - end), previous, current);
            _tokens.Add(current);
            previous = current;
            end = token.Span.End;
        }
        while (token.Kind != TokenKind.EndOfText);

        for (var i = 1; i < _tokens.Count; i++)
        {
            MoveBehindSeparator(_tokens[i - 1], _tokens[i]);
        }
    }

    public CommentedToken Current => _tokens[_next];

    public CommentedToken Following => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    public bool IsAtEnd => Current.Kind == TokenKind.EndOfText;

    /// <summary>The current token as a document; the next one becomes current. At the end nothing is left to take.</summary>
    public Doc.Word Take()
    {
        var taken = Current;
        _next = Math.Min(_next + 1, _tokens.Count - 1);
        return new Doc.Word(taken);
    }

    public bool Is(TokenKind kind) => Current.Kind == kind;

    public bool IsWord(Word word) => Current.Word == word;

    public bool IsText(string text) => Current.Kind == TokenKind.Identifier && Current.Text == text;

    private static void Attach(ReadOnlySpan<char> gap, CommentedToken? previous, CommentedToken current)
    {
        ImmutableArray<Comment>.Builder? leading = null;
        var lines = previous is null ? 1 : 0;
        while (!gap.IsEmpty)
        {
            if (gap[0] != '/')
            {
                lines += gap[0] == '\n' ? 1 : 0;
                gap = gap[1..];
                continue;
            }

            var end = gap.IndexOfAny('\n', '\r');
            var comment = gap[..(end < 0 ? gap.Length : end)].TrimEnd().ToString();
            gap = end < 0 ? [] : gap[end..];
            if (lines == 0 && previous!.Trailing is null)
            {
                previous.Trailing = comment;
            }
            else
            {
                (leading ??= ImmutableArray.CreateBuilder<Comment>()).Add(new Comment(comment, lines > 1));
                lines = 0;
            }
        }

        current.Leading = leading?.DrainToImmutable() ?? [];
        current.HasBlankBefore = lines > 1;
    }

    /// <summary>A comment between an operand and the comma, semicolon or operator behind it goes behind that, so the line need not be torn.</summary>
    private static void MoveBehindSeparator(CommentedToken operand, CommentedToken separator)
    {
        var isSeparator = separator.Kind is TokenKind.Comma or TokenKind.Semicolon or TokenKind.AndAnd or TokenKind.OrOr;
        if (isSeparator && operand.Trailing is { } comment && separator is { Trailing: null, Leading: [] })
        {
            operand.Trailing = null;
            separator.Trailing = comment;
        }
    }
}
