namespace Cedar.Syntax;

internal enum TokenKind : byte
{
    EndOfText,
    Identifier,
    Integer,
    String,

    /// <summary>Text that is no token; already reported.</summary>
    Invalid,

    At,
    Question,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Semicolon,
    Colon,
    ColonColon,
    Dot,
    Assign,
    EqualEqual,
    BangEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    AndAnd,
    OrOr,
    Bang,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
}

/// <summary>Identifiers that the grammar knows.</summary>
internal enum Word : byte
{
    /// <summary>Any other identifier, or no identifier at all.</summary>
    None,

    // Reserved: never a name. Up to Cedar; IsReserved depends on it.
    True,
    False,
    If,
    Then,
    Else,
    In,
    Is,
    Like,
    Has,
    Cedar,

    Permit,
    Forbid,
    When,
    Unless,
    Principal,
    Action,
    Resource,
    Context,
}

/// <summary>A token. Fields for the reason given in <see cref="TokenReader"/>.</summary>
internal readonly struct Token(TokenKind kind, Word word, SourceSpan span)
{
    public readonly TokenKind Kind = kind;

    /// <summary>Which known word it is.</summary>
    public readonly Word Word = word;

    public readonly SourceSpan Span = span;

    /// <summary>Whether it is a word that is never a name (Cedar spec, "Reserved words").</summary>
    public bool IsReserved => Word is > Word.None and <= Word.Cedar;
}
