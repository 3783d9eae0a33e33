using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Leash.Policy;

/// <summary>Questions about expressions.</summary>
internal static class ExprQueries
{
    /// <summary>The direct parts of an expression.</summary>
    public static IEnumerable<Expr> Children(this Expr expression) => expression switch
    {
        Expr.Unary unary => [unary.Operand],
        Expr.Binary binary => [binary.Left, binary.Right],
        Expr.And and => [and.Left, and.Right],
        Expr.Or or => [or.Left, or.Right],
        Expr.If choice => [choice.Condition, choice.Then, choice.Else],
        Expr.GetAttribute access => [access.Target],
        Expr.Has has => [has.Target],
        Expr.Like like => [like.Target],
        Expr.Is { In: { } ancestor } test => [test.Target, ancestor],
        Expr.Is test => [test.Target],
        Expr.Set set => set.Elements,
        Expr.Record record => record.Fields.Select(field => field.Value),
        Expr.Call call => call.Arguments,
        _ => [],
    };

    /// <summary>Whether the expression names a variable anywhere.</summary>
    public static bool IsClosed(this Expr expression) => expression switch
    {
        Expr.Literal => true,
        Expr.Var or Expr.Slot => false,
        _ => expression.Children().All(IsClosed),
    };

    /// <summary>Whether the expression names this variable anywhere.</summary>
    public static bool Names(this Expr expression, Variable variable) =>
        expression is Expr.Var named ? named.Variable == variable : expression.Children().Any(child => child.Names(variable));

    /// <summary>The value of an expression without variables; null when it has any, or no value.</summary>
    public static Value? ConstantValue(this Expr expression) => expression switch
    {
        Expr.Literal literal => literal.Value,
        _ when expression.IsClosed() => Evaluator.EvaluateClosed(expression).Value,
        _ => null,
    };
}
