using Cedar.Syntax;

namespace Cedar.Formatting;

// The grammar is that of ExpressionParser. Every token of the text is taken once and in order, so a layout cannot change what is said; the text
// has no mistakes, and its depth is limited, since it has been parsed before.

/// <summary>Lays out expressions.</summary>
internal sealed class ExpressionLayout(TokenStream tokens)
{
    public Doc Expression() => tokens.IsWord(Word.If) ? Conditional() : Chain(TokenKind.OrOr, () => Chain(TokenKind.AndAnd, Relation));

    /// <summary>A sum with, perhaps, a comparison: also one constraint of a scope.</summary>
    public Doc Relation()
    {
        var left = Sum();
        List<Doc> parts = [left];
        while (IsRelation())
        {
            var isType = tokens.IsWord(Word.Is);
            parts.Add(Doc.Space);
            parts.Add(tokens.Take());
            parts.Add(Doc.Space);
            parts.Add(isType ? tokens.Path() : Sum());
        }

        return parts.Count == 1 ? left : Doc.Of([.. parts]);
    }

    private bool IsRelation() =>
        tokens.Current.Kind is TokenKind.EqualEqual or TokenKind.BangEqual or TokenKind.Less or TokenKind.LessEqual or TokenKind.Greater
            or TokenKind.GreaterEqual
        || tokens.Current.Word is Word.In or Word.Has or Word.Like or Word.Is;

    private Doc.Group Conditional()
    {
        List<Doc> parts = [tokens.Take(), Doc.Space, new Doc.Indent(Expression())];
        while (tokens.Current.Word is Word.Then or Word.Else)
        {
            parts.Add(Doc.Line);
            parts.Add(tokens.Take());
            parts.Add(Doc.Space);
            parts.Add(new Doc.Indent(Expression()));
        }

        return new Doc.Group([.. parts]);
    }

    /// <summary>Operands joined by an operator that stands at the end of the line where there is more than one.</summary>
    private Doc Chain(TokenKind operation, Func<Doc> operand)
    {
        var first = operand();
        if (!tokens.Is(operation))
        {
            return first;
        }

        List<Doc> parts = [Nested(first)];
        while (tokens.Is(operation))
        {
            parts.Add(Doc.Space);
            parts.Add(tokens.Take());
            parts.Add(Doc.Line);
            parts.Add(Nested(operand()));
        }

        return new Doc.Group([.. parts]);

        // A chain within a chain shows by its indentation what belongs together.
        static Doc Nested(Doc part) => part is Doc.Group ? new Doc.Indent(part) : part;
    }

    private Doc Sum() => Arithmetic(Product, TokenKind.Plus, TokenKind.Minus);

    private Doc Product() => Arithmetic(Unary, TokenKind.Star, TokenKind.Star);

    private Doc Arithmetic(Func<Doc> operand, TokenKind operation, TokenKind other)
    {
        var first = operand();
        if (!tokens.Is(operation) && !tokens.Is(other))
        {
            return first;
        }

        List<Doc> rest = [];
        while (tokens.Is(operation) || tokens.Is(other))
        {
            rest.Add(Doc.Space);
            rest.Add(tokens.Take());
            rest.Add(Doc.Line);
            rest.Add(operand());
        }

        return Doc.Of(new Doc.Group(first, new Doc.Indent([.. rest])));
    }

    private Doc Unary()
    {
        if (tokens.Current.Kind is not (TokenKind.Bang or TokenKind.Minus))
        {
            return Member();
        }

        List<Doc> parts = [];
        while (tokens.Current.Kind is TokenKind.Bang or TokenKind.Minus)
        {
            parts.Add(tokens.Take());
        }

        parts.Add(Member());
        return Doc.Of([.. parts]);
    }

    private Doc Member()
    {
        List<Doc> parts = [Primary()];
        while (tokens.Current.Kind is TokenKind.Dot or TokenKind.LeftBracket)
        {
            if (tokens.Is(TokenKind.LeftBracket))
            {
                parts.Add(List());
                continue;
            }

            parts.Add(tokens.Take());
            parts.Add(tokens.Take());
            if (tokens.Is(TokenKind.LeftParen))
            {
                parts.Add(Arguments());
            }
        }

        return parts is [var only] ? only : Doc.Of([.. parts]);
    }

    private Doc Primary() => tokens.Current.Kind switch
    {
        TokenKind.LeftParen => Doc.Of(Arguments()),
        TokenKind.LeftBracket => Doc.Of(List()),
        TokenKind.LeftBrace => Doc.Of(tokens.Enclosed(TokenKind.RightBrace, Field, Doc.Line)),
        TokenKind.Question => Doc.Of(tokens.Take(), tokens.Take()),
        TokenKind.Identifier => Named(),
        _ => tokens.Take(),
    };

    private Doc Named()
    {
        var name = tokens.Path();
        return tokens.Is(TokenKind.LeftParen) ? Doc.Of(name, Arguments()) : name;
    }

    private Doc Arguments() => tokens.Enclosed(TokenKind.RightParen, Expression, Doc.SoftLine);

    private Doc List() => tokens.Enclosed(TokenKind.RightBracket, Expression, Doc.SoftLine);

    private Doc Field() => Doc.Of(tokens.Take(), tokens.Take(), Doc.Space, Expression());
}
