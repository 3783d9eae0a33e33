using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Sum      := Product {('+' | '-') Product}
// Product  := Unary {'*' Unary}
// Unary    := ('!' up to four times | '-' up to four times) Member
// Member   := Primary {'.' Ident ['(' List ')'] | '[' String ']'}      see PrimaryParser

/// <summary>Reads the operands of comparisons: arithmetic, signs and negations, accesses.</summary>
internal sealed class OperandParser(TokenReader tokens, ExpressionParser expressions)
{
    private const int MaxUnary = 4;

    private readonly PrimaryParser _primaries = new(tokens, expressions);

    /// <summary>A sum, or just one of its parts.</summary>
    public Expr? Parse()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseProduct();
        var depth = expressions.Depth;
        while (left is not null && (tokens.Is(TokenKind.Plus) || tokens.Is(TokenKind.Minus)))
        {
            var operation = tokens.Take().Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract;
            var right = ParseProduct();
            depth = Math.Max(depth, expressions.Depth) + 1;
            left = right is not null && expressions.Deepen(depth) ? new Expr.Binary(operation, left, right, tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseProduct()
    {
        var start = tokens.Current.Span.Start;
        var left = ParseUnary();
        var depth = expressions.Depth;
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
            depth = Math.Max(depth, expressions.Depth) + 1;
            left = right is not null && expressions.Deepen(depth) ? new Expr.Binary(BinaryOperator.Multiply, left, right, tokens.SpanFrom(start)) : null;
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
            count = MaxUnary;
        }

        if (tokens.Current.Kind is TokenKind.Bang or TokenKind.Minus)
        {
            tokens.ReportUnexpected("an operand", "put the inner negation into parentheses");
            return null;
        }

        // The sign belongs to the literal, or the smallest integer could not be written.
        var isNegativeLiteral = sign.Kind == TokenKind.Minus && tokens.Is(TokenKind.Integer)
            && tokens.Following.Kind is not (TokenKind.Dot or TokenKind.LeftBracket);
        var operand = isNegativeLiteral ? _primaries.ParseInteger(starts[--count], isNegative: true) : ParseMember();
        var operation = sign.Kind == TokenKind.Bang ? UnaryOperator.Not : UnaryOperator.Negate;
        while (operand is not null && --count >= 0)
        {
            operand = expressions.Deepen(expressions.Depth + 1) ? new Expr.Unary(operation, operand, tokens.SpanFrom(starts[count])) : null;
        }

        return operand;
    }

    private Expr? ParseMember()
    {
        var start = tokens.Current.Span.Start;
        var target = _primaries.Parse();
        while (target is not null)
        {
            if (tokens.TryTake(TokenKind.Dot))
            {
                target = _primaries.ParseAccess(target, start);
            }
            else if (tokens.TryTake(TokenKind.LeftBracket))
            {
                target = _primaries.ParseIndex(target, start);
            }
            else
            {
                break;
            }
        }

        return target;
    }
}
