using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Expr     := 'if' Expr 'then' Expr 'else' Expr | Or
// Or       := And {'||' And}
// And      := Relation {'&&' Relation}
// Relation := Sum [ ('==' | '!=' | '<' | '<=' | '>' | '>=' | 'in') Sum
//                 | 'has' (Ident {'.' Ident} | String) | 'like' String | 'is' TypeName ['in' Sum] ]
// Sum      := Product {('+' | '-') Product}
// Product  := Unary {'*' Unary}
// Unary    := ('!' up to four times | '-' up to four times) Member
// Member   := Primary {'.' Ident ['(' List ')'] | '[' String ']'}      see PrimaryParser

/// <summary>
/// Reads expressions by recursive descent. Every method returns null after it has reported a mistake that it cannot read past; mistakes in
/// meaning (an unknown function, a wrong escape) are reported and reading goes on.
/// </summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private const int MaxUnary = 4;

    private readonly PrimaryParser _primaries = new(tokens);
    private int _nesting;
    private int _reportedAt = -1;

    /// <summary>The depth of the tree that was read last.</summary>
    public int Depth { get; set; }

    /// <summary>An expression; null after a report.</summary>
    public Expr? Parse()
    {
        if (_nesting >= CedarParser.MaxNesting)
        {
            ReportDepth($"the expression is nested more than {CedarParser.MaxNesting} deep");
            return null;
        }

        _nesting++;
        var expression = tokens.IsWord("if") ? ParseIf() : ParseOr();
        _nesting--;
        return expression;
    }

    /// <summary>Notes that a tree has become this deep; false after a report that it is too deep.</summary>
    public bool Deepen(int depth)
    {
        Depth = depth;
        if (depth <= CedarParser.MaxDepth)
        {
            return true;
        }

        ReportDepth($"the expression has more than {CedarParser.MaxDepth} levels or operands in a row");
        return false;
    }

    private void ReportDepth(string message)
    {
        if (_reportedAt == tokens.Current.Span.Start)
        {
            return;
        }

        _reportedAt = tokens.Current.Span.Start;
        tokens.Diagnostics.Error(
            CedarCodes.TooDeep, message, tokens.Current.Span, "split it into several policies, or compare with a list by `in` or `contains`");
    }

    private Expr.If? ParseIf()
    {
        var start = tokens.Take().Span.Start;
        if (Parse() is not { } condition)
        {
            return null;
        }

        var depth = Depth;
        if (!ExpectWord("then") || Parse() is not { } then)
        {
            return null;
        }

        depth = Math.Max(depth, Depth);
        if (!ExpectWord("else") || Parse() is not { } otherwise)
        {
            return null;
        }

        return Deepen(Math.Max(depth, Depth) + 1) ? new Expr.If(condition, then, otherwise, tokens.SpanFrom(start)) : null;
    }

    private bool ExpectWord(string word)
    {
        if (tokens.TryTakeWord(word))
        {
            return true;
        }

        tokens.ReportUnexpected($"an operator or `{word}`");
        return false;
    }

    private Expr? ParseOr()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseAnd();
        var depth = Depth;
        while (left is not null && tokens.TryTake(TokenKind.OrOr))
        {
            var right = ParseAnd();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.Or(left, right, tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseAnd()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseRelation();
        var depth = Depth;
        while (left is not null && tokens.TryTake(TokenKind.AndAnd))
        {
            var right = ParseRelation();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.And(left, right, tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseRelation()
    {
        var start = tokens.Current.Span.Start;
        if (ParseSum() is not { } left)
        {
            return null;
        }

        if (!IsRelation())
        {
            return left;
        }

        var relation = RelationOf(tokens.Current) is { } comparison ? ParseComparison(comparison, left, start) : ParseWordRelation(left, start);
        if (relation is not null && IsRelation())
        {
            tokens.Diagnostics.Error(
                CedarCodes.ChainedRelation, $"`{tokens.TextOf(tokens.Current)}` follows another comparison", tokens.Current.Span,
                "comparisons do not chain: use parentheses, or join two of them with `&&`");
            return null;
        }

        return relation;
    }

    private bool IsRelation() =>
        tokens.Is(TokenKind.Assign) || RelationOf(tokens.Current) is not null
        || (tokens.Is(TokenKind.Identifier) && tokens.TextOf(tokens.Current) is "has" or "like" or "is");

    private BinaryOperator? RelationOf(Token token) => token.Kind switch
    {
        TokenKind.EqualEqual => BinaryOperator.Equal,
        TokenKind.BangEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.Identifier when tokens.TextOf(token) is "in" => BinaryOperator.In,
        _ => null,
    };

    private Expr.Binary? ParseComparison(BinaryOperator comparison, Expr left, int start)
    {
        var depth = Depth;
        tokens.Take();
        return ParseSum() is { } right && Deepen(Math.Max(depth, Depth) + 1)
            ? new Expr.Binary(comparison, left, right, tokens.SpanFrom(start))
            : null;
    }

    private Expr? ParseWordRelation(Expr left, int start)
    {
        var depth = Depth;
        var word = tokens.Take();
        switch (tokens.TextOf(word))
        {
            case "has":
                return ParseHasPath() is { } path && Deepen(depth + 1) ? new Expr.Has(left, path, tokens.SpanFrom(start)) : null;
            case "like":
                if (!tokens.Is(TokenKind.String))
                {
                    tokens.ReportUnexpected("a pattern, which is a string literal");
                    return null;
                }

                var pattern = tokens.DecodePattern(tokens.Take());
                return Deepen(depth + 1) ? new Expr.Like(left, pattern, tokens.SpanFrom(start)) : null;
            case "is":
                return ParseIs(left, depth, start);
            default:
                tokens.Diagnostics.Error(CedarCodes.UnsupportedOperator, "`=` is not an operator", word.Span, "use `==`");
                return null;
        }
    }

    private ImmutableArray<string>? ParseHasPath()
    {
        if (tokens.Is(TokenKind.String))
        {
            return [tokens.Decode(tokens.Take())];
        }

        var path = ImmutableArray.CreateBuilder<string>(1);
        do
        {
            if (tokens.ExpectIdentifier("the name of an attribute", "write it as a string, `has \"…\"`") is not { } name)
            {
                return null;
            }

            path.Add(name);
        }
        while (tokens.TryTake(TokenKind.Dot));

        return path.DrainToImmutable();
    }

    private Expr.Is? ParseIs(Expr left, int depth, int start)
    {
        if (_primaries.Entities.ParseTypeName() is not { } type)
        {
            return null;
        }

        Expr? ancestor = null;
        if (tokens.TryTakeWord("in"))
        {
            ancestor = ParseSum();
            if (ancestor is null)
            {
                return null;
            }

            depth = Math.Max(depth, Depth);
        }

        return Deepen(depth + 1) ? new Expr.Is(left, type, ancestor, tokens.SpanFrom(start)) : null;
    }

    private Expr? ParseSum()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseProduct();
        var depth = Depth;
        while (left is not null && (tokens.Is(TokenKind.Plus) || tokens.Is(TokenKind.Minus)))
        {
            var operation = tokens.Take().Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract;
            var right = ParseProduct();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.Binary(operation, left, right, tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseProduct()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseUnary();
        var depth = Depth;
        while (left is not null && tokens.Current.Kind is TokenKind.Star or TokenKind.Slash or TokenKind.Percent)
        {
            var operation = tokens.Take();
            if (operation.Kind != TokenKind.Star)
            {
                tokens.Diagnostics.Error(
                    CedarCodes.UnsupportedOperator, $"`{tokens.TextOf(operation)}` is not an operator", operation.Span,
                    "Cedar has `+`, `-` and `*`");
            }

            var right = ParseUnary();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.Binary(BinaryOperator.Multiply, left, right, tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseUnary()
    {
        var sign = tokens.Current;
        if (sign.Kind is not (TokenKind.Bang or TokenKind.Minus))
        {
            return ParseMember();
        }

        Span<int> starts = stackalloc int[MaxUnary];
        var count = 0;
        while (tokens.Is(sign.Kind))
        {
            starts[Math.Min(count++, MaxUnary - 1)] = tokens.Take().Span.Start;
        }

        if (count > MaxUnary)
        {
            tokens.Diagnostics.Error(
                CedarCodes.TooManyUnary, $"more than {MaxUnary} `{tokens.TextOf(sign)}` in a row", tokens.SpanFrom(sign.Span.Start));
            return null;
        }

        if (tokens.Current.Kind is TokenKind.Bang or TokenKind.Minus)
        {
            tokens.ReportUnexpected("an operand", "put the inner negation into parentheses");
            return null;
        }

        // The sign belongs to the literal, or the smallest integer could not be written.
        var isNegativeLiteral = sign.Kind == TokenKind.Minus && tokens.Is(TokenKind.Integer)
            && tokens.Following.Kind is not (TokenKind.Dot or TokenKind.LeftBracket);
        var operand = isNegativeLiteral ? _primaries.ParseInteger(this, starts[--count], isNegative: true) : ParseMember();
        var operation = sign.Kind == TokenKind.Bang ? UnaryOperator.Not : UnaryOperator.Negate;
        while (operand is not null && --count >= 0)
        {
            operand = Deepen(Depth + 1) ? new Expr.Unary(operation, operand, tokens.SpanFrom(starts[count])) : null;
        }

        return operand;
    }

    private Expr? ParseMember()
    {
        var start = tokens.Current.Span.Start;
        var target = _primaries.Parse(this);
        while (target is not null)
        {
            if (tokens.TryTake(TokenKind.Dot))
            {
                target = _primaries.ParseAccess(this, target, start);
            }
            else if (tokens.TryTake(TokenKind.LeftBracket))
            {
                target = _primaries.ParseIndex(this, target, start);
            }
            else
            {
                break;
            }
        }

        return target;
    }
}
