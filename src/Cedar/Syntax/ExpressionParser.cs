using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Expr     := 'if' Expr 'then' Expr 'else' Expr | Or
// Or       := And {'||' And}
// And      := Relation {'&&' Relation}
// Relation                                     see RelationParser

/// <summary>
/// Reads expressions by recursive descent: this class what binds least, and the limits of depth for all. Every method, also of the other
/// parsers, returns null after it has reported a mistake that it cannot read past; mistakes in meaning (an unknown function, a wrong escape)
/// are reported and reading goes on.
/// </summary>
internal sealed class ExpressionParser
{
    /// <summary>The depth of the tree that was read last.</summary>
    public int Depth;

    private readonly TokenReader _tokens;
    private readonly RelationParser _relations;
    private int _nesting;
    private int _reportedAt = -1;

    public ExpressionParser(TokenReader tokens)
    {
        _tokens = tokens;
        _relations = new RelationParser(tokens, this);
    }

    /// <summary>An expression; null after a report.</summary>
    public Expr? Parse()
    {
        if (_nesting >= CedarParser.MaxNesting)
        {
            ReportDepth($"the expression is nested more than {CedarParser.MaxNesting} deep");
            return null;
        }

        _nesting++;
        var expression = _tokens.IsWord(Word.If) ? ParseIf() : ParseOr();
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
        if (_reportedAt == _tokens.Current.Span.Start)
        {
            return;
        }

        _reportedAt = _tokens.Current.Span.Start;
        _tokens.Diagnostics.Error(
            CedarCodes.TooDeep, message, _tokens.Current.Span, "split it into several policies, or compare with a list by `in` or `contains`");
    }

    private Expr.If? ParseIf()
    {
        var start = _tokens.Take().Span.Start;
        if (Parse() is not { } condition)
        {
            return null;
        }

        var depth = Depth;
        if (!ExpectWord(Word.Then, "then") || Parse() is not { } then)
        {
            return null;
        }

        depth = Math.Max(depth, Depth);
        if (!ExpectWord(Word.Else, "else") || Parse() is not { } otherwise)
        {
            return null;
        }

        return Deepen(Math.Max(depth, Depth) + 1) ? new Expr.If(condition, then, otherwise, _tokens.SpanFrom(start)) : null;
    }

    private bool ExpectWord(Word word, string text)
    {
        if (_tokens.TryTakeWord(word))
        {
            return true;
        }

        _tokens.ReportUnexpected($"an operator or `{text}`");
        return false;
    }

    private Expr? ParseOr()
    {
        var start = _tokens.Current.Span.Start;
        var left = ParseAnd();
        var depth = Depth;
        while (left is not null && _tokens.TryTake(TokenKind.OrOr))
        {
            var right = ParseAnd();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.Or(left, right, _tokens.SpanFrom(start)) : null;
        }

        return left;
    }

    private Expr? ParseAnd()
    {
        var start = _tokens.Current.Span.Start;
        var left = _relations.Parse();
        var depth = Depth;
        while (left is not null && _tokens.TryTake(TokenKind.AndAnd))
        {
            var right = _relations.Parse();
            depth = Math.Max(depth, Depth) + 1;
            left = right is not null && Deepen(depth) ? new Expr.And(left, right, _tokens.SpanFrom(start)) : null;
        }

        return left;
    }
}
