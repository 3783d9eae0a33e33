using Cedar.Syntax;
using Cedar.Values;
using Leash.Http.Canonical;
using Leash.Http.Rewriting;
using Leash.Plan;

namespace Leash.Policy.Http;

/// <summary>
/// Brings the literals that parts of requests are compared with into the form that these parts have: names of headers in lower case. Reports those
/// that no request can have.
/// </summary>
internal sealed class HttpLiterals(SourceText source, DiagnosticBag diagnostics)
{
    /// <summary>Whether secrets may be named in what the expression is compared with.</summary>
    public static bool TakesSecrets(Expr expression) => IsContext(expression, "value");

    /// <summary>A comparison by <c>==</c> or <c>!=</c>, a <c>contains</c>, or a test on a tag.</summary>
    public Expr.Binary Lower(Expr.Binary binary) => binary switch
    {
        { Operator: BinaryOperator.HasTag or BinaryOperator.GetTag } when HeaderTests.IsHeaders(binary.Left) =>
            binary with { Right = CheckHost(LowerLiteral(binary.Right, "header")) },
        { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual } when NameOf(binary.Left) is { } name =>
            binary with { Right = LowerLiteral(binary.Right, name) },
        { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual } when NameOf(binary.Right) is { } name =>
            binary with { Left = LowerLiteral(binary.Left, name) },
        { Operator: BinaryOperator.Contains, Left: Expr.Set set } when NameOf(binary.Right) is { } name =>
            binary with { Left = set with { Elements = [.. set.Elements.Select(element => LowerLiteral(element, name))] } },
        _ => binary,
    };

    /// <summary>A pattern.</summary>
    public Expr.Like Lower(Expr.Like like)
    {
        switch (NameOf(like.Target))
        {
            case "header":
                return like with
                {
                    Pattern = new Pattern(like.Pattern.Elements.Select(e => e.Literal is { } text ? new PatternElement(text.ToLowerInvariant()) : e)),
                };
            case "path":
                CheckPathPattern(like);
                return like;
            default:
                return like;
        }
    }

    private static string? NameOf(Expr expression) =>
        expression is Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Context }, Name: var name } ? name : null;

    private static bool IsContext(Expr expression, string name) => NameOf(expression) == name;

    private Expr LowerLiteral(Expr expression, string name)
    {
        if (expression is not Expr.Literal { Value: StringValue text } literal)
        {
            return expression;
        }

        switch (name)
        {
            case "header":
                return literal with { Value = Value.Of(LowerHeader(text.Value, literal)) };
            case "value":
                CheckValue(text.Value, literal);
                return literal;
            case "method" or "scheme" or "path" or "query" or "operation":
                CheckText(name, text.Value, literal);
                return literal;
            default:
                return literal;
        }
    }

    /// <summary>The host is what the request is about, and in one form whatever the version of HTTP.</summary>
    private Expr CheckHost(Expr header)
    {
        if (header is Expr.Literal { Value: StringValue { Value: "host" } })
        {
            diagnostics.Error(
                LeashCodes.NeverEqual, "no request has `host` in `context.headers`", "the host is the resource, as in `resource in Host::\"example.com\"`",
                header.Span, source);
        }

        return header;
    }

    private string LowerHeader(string name, Expr.Literal place)
    {
        if (!FieldText.IsName(name))
        {
            diagnostics.Error(
                LeashCodes.InvalidHeader, $"`{name}` is not the name of a header", "letters, digits and hyphens, as in `x-request-id`", place.Span, source);
        }

        return name.ToLowerInvariant();
    }

    private void CheckValue(string value, Expr.Literal place)
    {
        RewriteValue.Parse(value, out var problem);
        var (message, help) = problem switch
        {
            ValueProblem.NotSendable => ("the value cannot be sent in a header", "a value has no control characters and no space at its ends"),
            ValueProblem.TooLong => ("the value is too long for a header", $"at most {RewriteValue.MaxLength} characters"),
            ValueProblem.BadSecret => ("`${secret:…}` does not name a secret", "write `${secret:NAME}`; a name has letters, digits, `_`, `-`, `.` and `/`"),
            _ => (null, null),
        };
        if (message is not null)
        {
            diagnostics.Error(LeashCodes.InvalidHeaderValue, message, help, place.Span, source);
        }
    }

    private void CheckText(string name, string text, Expr.Literal place)
    {
        var help = name switch
        {
            "method" when IsMethod(text) => null,
            "method" => IsMethod(text.ToUpperInvariant()) ? $"methods are in upper case: `{text.ToUpperInvariant()}`" : "a method is a word such as `GET`",
            "scheme" when text is not ("http" or "https") => "the schemes are `http` and `https`",
            "operation" when HeaderEdit.OperationOf(text) is null => "the operations are `set`, `add` and `remove`",
            "path" when text is not ("*" or "") => PathHelp(text),
            "query" => QueryHelp(text),
            _ => null,
        };
        if (help is not null)
        {
            ReportNever(name, text, help, place);
        }
    }

    private static bool IsMethod(string text) => FieldText.IsName(text) && !text.AsSpan().ContainsAnyInRange('a', 'z');

    private static string? PathHelp(string text)
    {
        var normal = UrlPath.Normalize(text, out var refusal);
        return normal == text ? null : normal is not null ? $"it is written `{normal}`" : $"{refusal.Describe()}; paths are absolute and percent-encoded";
    }

    private static string? QueryHelp(string text)
    {
        var normal = UrlPath.NormalizeQuery(text, out var refusal);
        return normal == text ? null : normal is not null ? $"it is written `{normal}`" : $"{refusal.Describe()}; queries are percent-encoded, without the `?`";
    }

    /// <summary>What stands between wildcards must be found in some path.</summary>
    private void CheckPathPattern(Expr.Like like)
    {
        foreach (var element in like.Pattern.Elements)
        {
            if (element.Literal is { } text && UrlPath.FindImpossible(text) is { } impossible)
            {
                ReportNever("path", impossible, "paths are percent-encoded, with hexadecimal digits in upper case, and have no query", like);
                return;
            }
        }
    }

    private void ReportNever(string name, string text, string help, Expr place) =>
        diagnostics.Error(LeashCodes.NeverEqual, $"no request has `{text}` in `context.{name}`", help, place.Span, source);
}
