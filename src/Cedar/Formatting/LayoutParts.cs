using Cedar.Syntax;

namespace Cedar.Formatting;

/// <summary>Layouts that policies and schemas have in common.</summary>
internal static class LayoutParts
{
    /// <summary>
    /// What stands between brackets, the current token being the opening one: on one line if it fits, else each item on a line of its own.
    /// </summary>
    /// <param name="tokens">The tokens, which are taken up to the closing one.</param>
    /// <param name="close">The closing bracket.</param>
    /// <param name="item">Takes one item, without the comma behind it.</param>
    /// <param name="edge">Stands inside of the brackets when there are items.</param>
    public static Doc Enclosed(this TokenStream tokens, TokenKind close, Func<Doc> item, Doc edge)
    {
        var open = tokens.Take();
        List<Doc> inner = [];
        while (!tokens.Is(close) && !tokens.IsAtEnd)
        {
            inner.Add(inner.Count == 0 ? edge : Doc.Line);
            inner.Add(item());
            if (tokens.Is(TokenKind.Comma))
            {
                inner.Add(tokens.Take());
            }
        }

        var isEmpty = inner.Count == 0;
        tokens.AddCommentsOfClose(inner);
        return isEmpty
            ? Doc.Of(open, new Doc.Indent([.. inner]), tokens.Take())
            : new Doc.Group(open, new Doc.Indent([.. inner]), edge, tokens.Take());
    }

    /// <summary>Comments above a closing bracket stand among what it closes.</summary>
    public static void AddCommentsOfClose(this TokenStream tokens, List<Doc> inner)
    {
        var close = tokens.Current;
        if (close.Leading.IsEmpty)
        {
            return;
        }

        inner.Add(new Doc.Word(new CommentedToken(default, "") { Leading = close.Leading }));
        close.Leading = [];
    }

    /// <summary><c>@name("value")</c>, on a line of its own.</summary>
    public static Doc Annotation(this TokenStream tokens)
    {
        List<Doc> parts = [tokens.Take(), tokens.Take()];
        if (tokens.Is(TokenKind.LeftParen))
        {
            parts.Add(tokens.Take());
            parts.Add(tokens.Take());
            parts.Add(tokens.Take());
        }

        parts.Add(Doc.HardLine);
        return Doc.Of([.. parts]);
    }

    /// <summary>A name with its parts, and the id of an entity if there is one: <c>A::B::"id"</c>.</summary>
    public static Doc Path(this TokenStream tokens)
    {
        List<Doc> parts = [tokens.Take()];
        while (tokens.Is(TokenKind.ColonColon))
        {
            parts.Add(tokens.Take());
            parts.Add(tokens.Take());
        }

        return parts is [var only] ? only : Doc.Of([.. parts]);
    }

    /// <summary>Prints the comments above the current token, empty lines among them kept, and the empty line behind them if there is one.</summary>
    public static void PrintLeading(this TokenStream tokens, DocPrinter printer, int indent)
    {
        var token = tokens.Current;
        foreach (var comment in token.Leading)
        {
            if (comment.HasBlankBefore)
            {
                printer.BlankLine();
            }

            printer.CommentLine(comment.Text, indent);
        }

        if (token.HasBlankBefore && token.Leading.Length > 0 && !tokens.IsAtEnd)
        {
            printer.BlankLine();
        }

        token.Leading = [];
    }
}
