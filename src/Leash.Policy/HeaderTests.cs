using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>
/// Recognises tests on one header: <c>context.headers.hasTag("name")</c>, and <c>context.headers.getTag("name")</c> compared with literals. A
/// header that is not there makes the latter false here and an error in Cedar; validation keeps policies from reading a header before they have
/// asked for it, so no policy can tell.
/// </summary>
internal static class HeaderTests
{
    /// <summary>What the expression comes to; null when it is no test on a header.</summary>
    public static TestOutcome? Recognize(Expr expression) => expression switch
    {
        Expr.Binary { Operator: BinaryOperator.HasTag } has when NameOf(has) is { } name =>
            TestOutcome.AnyOf([new PlanTest.HeaderExists(name)]),
        Expr.Like like when NameOf(like.Target) is { } name => TestOutcome.AnyOf([new PlanTest.HeaderLike(name, TestFactory.Convert(like.Pattern))]),
        Expr.Binary { Operator: BinaryOperator.Equal } equal => Equal(equal),
        Expr.Binary { Operator: BinaryOperator.NotEqual } equal => Equal(equal)?.Negate(),
        Expr.Binary { Operator: BinaryOperator.Contains } contains when NameOf(contains.Right) is { } name =>
            contains.Left.ConstantValue() is SetValue set ? AnyOf(name, set.Elements) : null,
        _ => null,
    };

    /// <summary>Whether an expression is <c>context.headers</c>.</summary>
    public static bool IsHeaders(Expr expression) =>
        expression is Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Context }, Name: "headers" };

    /// <summary>The header that <c>hasTag</c> or <c>getTag</c> is about; null when the expression is neither, or the name is not constant.</summary>
    private static string? NameOf(Expr expression) =>
        expression is Expr.Binary { Operator: BinaryOperator.HasTag or BinaryOperator.GetTag } tag && IsHeaders(tag.Left)
        && tag.Right.ConstantValue() is StringValue name
            ? name.Value
            : null;

    private static TestOutcome? Equal(Expr.Binary equal)
    {
        var (name, value) = NameOf(equal.Left) is { } left ? (left, equal.Right.ConstantValue()) : (NameOf(equal.Right), equal.Left.ConstantValue());
        return name is null || value is null ? null : AnyOf(name, [value]);
    }

    private static TestOutcome AnyOf(string name, IEnumerable<Value> values) =>
        TestOutcome.AnyOf([.. values.OfType<StringValue>().Select(value => new PlanTest.HeaderIs(name, value.Value))]);
}
