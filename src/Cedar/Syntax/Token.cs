namespace Cedar.Syntax;

internal enum TokenKind
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

internal readonly record struct Token(TokenKind Kind, SourceSpan Span);
