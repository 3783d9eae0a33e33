using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

/// <summary>
/// Reads the Cedar policy language (Cedar spec, "Grammar"). Never throws and never overflows the stack, whatever the text: nesting and size are
/// limited, and what exceeds them is a diagnostic.
/// </summary>
public static class CedarParser
{
    /// <summary>How deep parentheses, sets, records, calls and conditionals may be nested.</summary>
    public const int MaxNesting = 100;

    /// <summary>How deep an expression tree may get, which is also how many operands a chain such as <c>a || b || c</c> may have.</summary>
    public const int MaxDepth = 1_000;

    /// <summary>The longest text, in UTF-16 code units.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>
    /// All policies and templates of a text, with ids <c>policy0</c>, <c>policy1</c>, … by their place in it, and everything that is wrong with
    /// it. After a mistake reading goes on at the next clause or policy.
    /// </summary>
    public static ParseResult Parse(SourceText source)
    {
        var diagnostics = new DiagnosticSink(source);
        if (IsTooLarge(source, diagnostics))
        {
            return new ParseResult([], diagnostics.ToImmutable());
        }

        var tokens = new TokenReader(source, diagnostics);
        var policies = new PolicyParser(tokens).ParseAll();
        return new ParseResult(policies, diagnostics.ToImmutable());
    }

    /// <summary>The one expression that the text consists of.</summary>
    public static ExpressionParseResult ParseExpression(SourceText source)
    {
        var diagnostics = new DiagnosticSink(source);
        if (IsTooLarge(source, diagnostics))
        {
            return new ExpressionParseResult(null, diagnostics.ToImmutable());
        }

        var tokens = new TokenReader(source, diagnostics);
        var expression = new ExpressionParser(tokens).Parse();
        if (expression is not null && tokens.Current.Kind != TokenKind.EndOfText)
        {
            tokens.ReportUnexpected("an operator or the end of the expression");
        }

        return new ExpressionParseResult(diagnostics.ErrorCount == 0 ? expression : null, diagnostics.ToImmutable());
    }

    internal static bool IsTooLarge(SourceText source, DiagnosticSink diagnostics)
    {
        if (source.Text.Length <= MaxLength)
        {
            return false;
        }

        diagnostics.Error(
            CedarCodes.TooLarge, $"the text has {source.Text.Length} characters; at most {MaxLength} are read", new SourceSpan(0, 0),
            "split it into several files");
        return true;
    }
}
