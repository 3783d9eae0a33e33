using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Formatting;

/// <summary>A comment, <c>//</c> included, without the end of its line.</summary>
/// <param name="HasBlankBefore">Whether an empty line stands above it.</param>
internal readonly record struct Comment(string Text, bool HasBlankBefore);

/// <summary>A token as written, with the comments that belong to it.</summary>
internal sealed class CommentedToken(Token token, string text)
{
    public TokenKind Kind { get; } = token.Kind;

    public Word Word { get; } = token.Word;

    public string Text { get; } = text;

    /// <summary>On lines of their own above it.</summary>
    public ImmutableArray<Comment> Leading { get; set; } = [];

    /// <summary>Behind it on its line; null when there is none.</summary>
    public string? Trailing { get; set; }

    /// <summary>Whether an empty line stands between it and what is above, its comments included.</summary>
    public bool HasBlankBefore { get; set; }

    public bool HasComments => Leading.Length > 0 || Trailing is not null;
}
