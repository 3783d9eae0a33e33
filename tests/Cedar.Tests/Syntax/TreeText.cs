using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

/// <summary>Trees as text, one form for all tests: <c>kind(children)</c>, with the source of every node when asked.</summary>
internal static class TreeText
{
    public static string Of(Expr e) => e switch
    {
        Expr.Literal x => x.Value.ToString(),
        Expr.Var x => $"{x.Variable}",
        Expr.Slot x => $"?{x.Variable}",
        Expr.Unary x => $"{x.Operator}({Of(x.Operand)})",
        Expr.Binary x => $"{x.Operator}({Of(x.Left)}, {Of(x.Right)})",
        Expr.And x => $"And({Of(x.Left)}, {Of(x.Right)})",
        Expr.Or x => $"Or({Of(x.Left)}, {Of(x.Right)})",
        Expr.If x => $"If({Of(x.Condition)}, {Of(x.Then)}, {Of(x.Else)})",
        Expr.GetAttribute x => $"Get({Of(x.Target)}, {CedarString.Quote(x.Name)})",
        Expr.Has x => $"Has({Of(x.Target)}, {string.Join('.', x.Path)})",
        Expr.Like x => $"Like({Of(x.Target)}, {x.Pattern})",
        Expr.Is x => x.In is null ? $"Is({Of(x.Target)}, {x.EntityType})" : $"Is({Of(x.Target)}, {x.EntityType}, {Of(x.In)})",
        Expr.Set x => $"[{string.Join(", ", x.Elements.Select(Of))}]",
        Expr.Record x => $"{{{string.Join(", ", x.Fields.Select(f => $"{f.Key}: {Of(f.Value)}"))}}}",
        Expr.Call x => $"{(x.IsMethod ? "." : "")}{x.Function}({string.Join(", ", x.Arguments.Select(Of))})",
        _ => throw new InvalidOperationException(),
    };

    public static string Of(ScopeConstraint c) =>
        $"{c.Kind}{(c.EntityType is null ? "" : $" {c.EntityType}")}{(c.HasSlot ? " ?" : "")}{string.Concat(c.Entities.Select(e => $" {e}"))}";

    public static string Of(Policy p) =>
        $"{p.Id} {string.Concat(p.Annotations.Select(a => $"@{a.Name}({a.Value}) "))}{p.Effect}({Of(p.Principal)}; {Of(p.Action)}; {Of(p.Resource)})"
        + string.Concat(p.Conditions.Select(c => $" {(c.IsUnless ? "unless" : "when")} {Of(c.Body)}"));
}
