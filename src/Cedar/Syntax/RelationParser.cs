using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Relation := Sum [ ('==' | '!=' | '<' | '<=' | '>' | '>=' | 'in') Sum
//                 | 'has' (Ident {'.' Ident} | String) | 'like' String | 'is' TypeName ['in' Sum] ]
// Sum                                          see OperandParser

/// <summary>Reads comparisons and tests, which do not chain.</summary>
internal sealed class RelationParser(TokenReader tokens, ExpressionParser expressions)
{
    private readonly OperandParser _operands = new(tokens, expressions);
    private readonly EntityParser _entities = new(tokens);

    /// <summary>A comparison, or just one of its operands.</summary>
    public Expr? Parse()
    {
        var start = tokens.Current.Span.Start;
        if (_operands.Parse() is not { } left)
        {
            return null;
        }

        if (!IsRelation())
        {
            return left;
        }

        var relation = ParseRelation(left, start);
        if (relation is not null && IsRelation())
        {
            tokens.Diagnostics.Error(
                CedarCodes.ChainedRelation, $"`{tokens.TextOf(tokens.Current)}` follows another comparison", tokens.Current.Span,
                "comparisons do not chain: use parentheses, or join two of them with `&&`");
        }

        while (relation is not null && IsRelation())
        {
            relation = ParseRelation(relation, start);
        }

        return relation;
    }

    private Expr? ParseRelation(Expr left, int start) =>
        RelationOf(tokens.Current) is { } comparison ? ParseComparison(comparison, left, start) : ParseWordRelation(left, start);

    private bool IsRelation() =>
        RelationOf(tokens.Current) is not null || tokens.Current.Word is Word.Has or Word.Like or Word.Is;

    private static BinaryOperator? RelationOf(Token token) => token.Kind switch
    {
        TokenKind.EqualEqual or TokenKind.Assign => BinaryOperator.Equal,
        TokenKind.BangEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.Identifier when token.Word == Word.In => BinaryOperator.In,
        _ => null,
    };

    private Expr.Binary? ParseComparison(BinaryOperator comparison, Expr left, int start)
    {
        var depth = expressions.Depth;
        var sign = tokens.Take();
        if (sign.Kind == TokenKind.Assign)
        {
            tokens.Diagnostics.Error(CedarCodes.UnsupportedOperator, "`=` is not an operator", sign.Span, "use `==`");
        }

        return _operands.Parse() is { } right && expressions.Deepen(Math.Max(depth, expressions.Depth) + 1)
            ? new Expr.Binary(comparison, left, right, tokens.SpanFrom(start))
            : null;
    }

    /// <summary>What follows <c>is</c>, <c>has</c> or <c>like</c>.</summary>
    private Expr? ParseWordRelation(Expr left, int start)
    {
        var depth = expressions.Depth;
        var word = tokens.Take();
        if (word.Word == Word.Is)
        {
            return ParseIs(left, depth, start);
        }

        if (word.Word == Word.Has)
        {
            return ParseHasPath() is { } path && expressions.Deepen(depth + 1) ? new Expr.Has(left, path, tokens.SpanFrom(start)) : null;
        }

        if (!tokens.Is(TokenKind.String))
        {
            tokens.ReportUnexpected("a pattern, which is a string literal");
            return null;
        }

        var pattern = tokens.DecodePattern(tokens.Take());
        return expressions.Deepen(depth + 1) ? new Expr.Like(left, pattern, tokens.SpanFrom(start)) : null;
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
        if (_entities.ParseTypeName() is not { } type)
        {
            return null;
        }

        Expr? ancestor = null;
        if (tokens.TryTakeWord(Word.In))
        {
            ancestor = _operands.Parse();
            if (ancestor is null)
            {
                return null;
            }

            depth = Math.Max(depth, expressions.Depth);
        }

        return expressions.Deepen(depth + 1) ? new Expr.Is(left, type, ancestor, tokens.SpanFrom(start)) : null;
    }
}
