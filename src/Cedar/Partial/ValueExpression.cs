using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>Writes values as the expressions that have them.</summary>
internal static class ValueExpression
{
    public static Expr Of(Value value, SourceSpan span) => value switch
    {
        SetValue set => new Expr.Set([.. set.Elements.Select(element => Of(element, span))], span),
        RecordValue record =>
            new Expr.Record([.. record.Fields.Select(field => KeyValuePair.Create(field.Key, Of(field.Value, span)))], span),

        // The syntax of an extension value is the call that makes it.
        ExtensionValue => CedarParser.ParseExpression(new SourceText(value.ToString())).Expression! with { Span = span },
        _ => new Expr.Literal(value, span),
    };
}
