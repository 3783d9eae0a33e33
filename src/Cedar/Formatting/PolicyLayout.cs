using Cedar.Syntax;

namespace Cedar.Formatting;

/// <summary>Lays out policies: annotations, a scope on one line or with a line for each constraint, a line or a block for each condition.</summary>
internal sealed class PolicyLayout(TokenStream tokens, DocPrinter printer)
{
    private readonly ExpressionLayout _expressions = new(tokens);

    public void PrintAll()
    {
        while (!tokens.IsAtEnd)
        {
            printer.BlankLine();
            tokens.PrintLeading(printer, indent: 0);
            printer.Print(Policy());
            printer.EndLine();
        }

        tokens.PrintLeading(printer, indent: 0);
    }

    private Doc Policy()
    {
        List<Doc> parts = [];
        while (tokens.Is(TokenKind.At))
        {
            parts.Add(tokens.Annotation());
        }

        parts.Add(tokens.Take());
        parts.Add(Doc.Space);
        parts.Add(Scope());
        while (tokens.Current.Word is Word.When or Word.Unless)
        {
            parts.Add(Doc.HardLine);
            parts.Add(tokens.Take());
            parts.Add(Doc.Space);
            parts.Add(tokens.Enclosed(TokenKind.RightBrace, _expressions.Expression, Doc.Line));
        }

        parts.Add(tokens.Take());
        return Doc.Of([.. parts]);
    }

    private Doc Scope()
    {
        var open = tokens.Take();
        List<Doc> inner = [];
        var isBare = true;
        while (!tokens.Is(TokenKind.RightParen) && !tokens.IsAtEnd)
        {
            var constraint = _expressions.Relation();
            isBare &= constraint is Doc.Word;
            inner.Add(tokens.Is(TokenKind.Comma) ? Doc.Of(constraint, tokens.Take()) : constraint);
        }

        tokens.AddCommentsOfClose(inner);
        var close = tokens.Take();
        if (isBare && !inner.Exists(part => part.IsBroken))
        {
            return Doc.Of([open, .. inner.SelectMany<Doc, Doc>((part, i) => i == 0 ? [part] : [Doc.Space, part]), close]);
        }

        return Doc.Of(open, new Doc.Indent([.. inner.SelectMany<Doc, Doc>(part => [Doc.HardLine, part])]), Doc.HardLine, close);
    }
}
