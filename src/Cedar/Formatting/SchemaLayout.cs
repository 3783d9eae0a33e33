using Cedar.Syntax;

namespace Cedar.Formatting;

// The grammar is that of SchemaTextParser. As in ExpressionLayout, every token is taken once and in order.

/// <summary>Lays out schemas. Empty lines between declarations are kept, since they group what belongs together.</summary>
internal sealed class SchemaLayout(TokenStream tokens, DocPrinter printer, int indentWidth)
{
    public void PrintAll() => PrintDeclarations(indent: 0, isInside: false);

    private void PrintDeclarations(int indent, bool isInside)
    {
        var isFirst = true;
        while (!tokens.IsAtEnd && !(isInside && tokens.Is(TokenKind.RightBrace)))
        {
            var first = tokens.Current;
            var hasBlank = first.Leading is [var comment, ..] ? comment.HasBlankBefore : first.HasBlankBefore;
            if (!isFirst && hasBlank)
            {
                printer.BlankLine();
            }

            isFirst = false;
            tokens.PrintLeading(printer, indent);
            var annotations = Annotations();
            if (tokens.IsText("namespace"))
            {
                PrintNamespace(annotations);
            }
            else
            {
                printer.Print(Doc.Of(annotations, Declaration()), indent);
            }

            printer.EndLine();
        }

        tokens.PrintLeading(printer, indent);
    }

    private void PrintNamespace(Doc annotations)
    {
        printer.Print(Doc.Of(annotations, tokens.Take(), Doc.Space, tokens.Path(), Doc.Space, tokens.Take()));
        printer.EndLine();
        PrintDeclarations(indentWidth, isInside: true);
        printer.Print(tokens.Take());
    }

    private Doc Annotations()
    {
        List<Doc> parts = [];
        while (tokens.Is(TokenKind.At))
        {
            parts.Add(tokens.Annotation());
        }

        return Doc.Of([.. parts]);
    }

    /// <summary>A keyword, names that may fill several lines, and clauses, which are broken inside of their brackets.</summary>
    private Doc.Concat Declaration()
    {
        var keyword = tokens.Take();
        List<Doc> names = [Type()];
        while (tokens.Is(TokenKind.Comma))
        {
            names.Add(tokens.Take());
            names.Add(Doc.Line);
            names.Add(Type());
        }

        List<Doc> parts = [keyword, Doc.Space, new Doc.Group(new Doc.Indent([.. names]))];
        while (!tokens.Is(TokenKind.Semicolon) && !tokens.IsAtEnd)
        {
            parts.Add(Doc.Space);
            parts.Add(Type());
        }

        parts.Add(tokens.Take());
        return new Doc.Concat([.. parts]);
    }

    private Doc Type() => tokens.Current.Kind switch
    {
        TokenKind.LeftBrace => tokens.Enclosed(TokenKind.RightBrace, Member, Doc.Line),
        TokenKind.LeftBracket => tokens.Enclosed(TokenKind.RightBracket, tokens.Path, Doc.SoftLine),
        _ => Named(),
    };

    private Doc Named()
    {
        var name = tokens.Path();
        return tokens.Is(TokenKind.Less) ? Doc.Of(name, tokens.Take(), Type(), tokens.Take()) : name;
    }

    /// <summary>An attribute or a clause of <c>appliesTo</c>: <c>name?: Type</c>.</summary>
    private Doc Member()
    {
        List<Doc> parts = [Annotations(), tokens.Take()];
        while (tokens.Is(TokenKind.Question) || tokens.Is(TokenKind.Colon))
        {
            parts.Add(tokens.Take());
        }

        parts.Add(Doc.Space);
        parts.Add(Type());
        return Doc.Of([.. parts]);
    }
}
