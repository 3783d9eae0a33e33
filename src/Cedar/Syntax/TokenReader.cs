using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>The parser's view of the tokens: the current one, one ahead, and ways to expect and to complain.</summary>
internal sealed class TokenReader
{
    // Fields, since they are read several times for every token, and mostly before the JIT has optimized: a property is a call until then.
    public Token Current;
    public Token Following;

    private readonly Lexer _lexer;
    private readonly StringLiteral _strings;

    private readonly NameTable _names = new();

    public TokenReader(SourceText source, DiagnosticSink diagnostics)
    {
        Source = source;
        Diagnostics = diagnostics;
        _lexer = new Lexer(source, diagnostics);
        _strings = new StringLiteral(source.Text, diagnostics);
        Current = _lexer.Next();
        Following = _lexer.Next();
    }

    public SourceText Source { get; }

    public DiagnosticSink Diagnostics { get; }

    /// <summary>Where the last taken token ends.</summary>
    public int LastEnd { get; private set; }

    public ReadOnlySpan<char> TextOf(Token token) => Source.Text.AsSpan(token.Span.Start, token.Span.Length);

    /// <summary>The text of a token as a string that is shared with its repetitions.</summary>
    public string NameOf(Token token) => Intern(TextOf(token));

    public string Intern(ReadOnlySpan<char> name) => _names.Intern(name);

    public Token Take()
    {
        var token = Current;
        LastEnd = token.Span.End;
        Current = Following;
        Following = _lexer.Next();
        return token;
    }

    public bool Is(TokenKind kind) => Current.Kind == kind;

    public bool IsWord(Word word) => Current.Word == word;

    public bool TryTake(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    public bool TryTakeWord(Word word)
    {
        if (Current.Word != word)
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>Takes the token or says that it was expected.</summary>
    public bool Expect(TokenKind kind, string expected, string? help = null)
    {
        if (TryTake(kind))
        {
            return true;
        }

        ReportUnexpected(expected, help);
        return false;
    }

    /// <summary>Takes an identifier that is no reserved word; null after a report.</summary>
    public string? ExpectIdentifier(string expected, string? reservedHelp = null)
    {
        if (!Is(TokenKind.Identifier))
        {
            ReportUnexpected(expected);
            return null;
        }

        if (Current.IsReserved)
        {
            Diagnostics.Error(CedarCodes.ReservedWord, $"`{NameOf(Current)}` is a reserved word", Current.Span, reservedHelp);
            return null;
        }

        return NameOf(Take());
    }

    /// <summary>The decoded string of a string token.</summary>
    public string Decode(Token token) => _strings.Decode(token.Span);

    public Pattern DecodePattern(Token token) => _strings.DecodePattern(token.Span);

    public SourceSpan SpanFrom(int start) => new(start, Math.Max(0, LastEnd - start));

    public void ReportUnexpected(string expected, string? help = null)
    {
        // What is no token has been reported already, and says more than this could.
        if (Current.Kind == TokenKind.Invalid)
        {
            return;
        }

        var found = Current.Kind == TokenKind.EndOfText ? "the end of the text" : $"`{Shorten(TextOf(Current))}`";
        Diagnostics.Error(CedarCodes.UnexpectedToken, $"expected {expected}, found {found}", Current.Span, help);
    }

    private static string Shorten(ReadOnlySpan<char> text)
    {
        const int Longest = 40;
        var end = text.IndexOfAny('\n', '\r') is >= 0 and var line ? line : text.Length;
        return end > Longest || end < text.Length ? $"{text[..Math.Min(end, Longest)]}…" : text.ToString();
    }
}
