using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>What can be said about an expression without knowing its unknowns.</summary>
internal static class ResidualFacts
{
    /// <summary>Whether the value, if there is one, is a boolean.</summary>
    public static bool IsBoolean(Expr expression) => expression switch
    {
        Expr.Literal literal => literal.Value is BoolValue,
        Expr.Unary unary => unary.Operator == UnaryOperator.Not,
        Expr.Binary { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.GetTag } => false,
        Expr.Binary or Expr.And or Expr.Or or Expr.Has or Expr.Like or Expr.Is => true,
        Expr.If choice => IsBoolean(choice.Then) && IsBoolean(choice.Else),
        Expr.Call call => call.Function is "isEmpty" or "isIpv4" or "isIpv6" or "isLoopback" or "isMulticast" or "isInRange"
            or "lessThan" or "lessThanOrEqual" or "greaterThan" or "greaterThanOrEqual",
        _ => false,
    };

    /// <summary>Whether the expression has a value whatever the unknowns are. A no means only that this cannot be seen.</summary>
    public static bool CannotFail(Expr expression, PartialRecord context) => expression switch
    {
        Expr.Literal or Expr.Var => true,
        Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Context }, Name: var name } =>
            context.Find(name, out _) is FieldKnowledge.Known or FieldKnowledge.Present,
        Expr.Has { Target: Expr.Var, Path.Length: 1 } => true,
        Expr.Is test => IsEntity(test.Target) && (test.In is null || IsEntityOrEntities(test.In)),
        Expr.Unary { Operator: UnaryOperator.Not, Operand: var operand } => IsSafeBoolean(operand, context),
        Expr.And and => IsSafeBoolean(and.Left, context) && IsSafeBoolean(and.Right, context),
        Expr.Or or => IsSafeBoolean(or.Left, context) && IsSafeBoolean(or.Right, context),
        Expr.If choice =>
            IsSafeBoolean(choice.Condition, context) && CannotFail(choice.Then, context) && CannotFail(choice.Else, context),
        Expr.Binary { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual } equality =>
            CannotFail(equality.Left, context) && CannotFail(equality.Right, context),
        Expr.Binary { Operator: BinaryOperator.In } binary => IsEntity(binary.Left) && IsEntityOrEntities(binary.Right),
        Expr.Binary { Operator: BinaryOperator.HasTag } binary =>
            IsEntity(binary.Left) && binary.Right is Expr.Literal { Value: StringValue },
        Expr.Set set => set.Elements.All(element => CannotFail(element, context)),
        Expr.Record record => record.Fields.All(field => CannotFail(field.Value, context)),
        _ => false,
    };

    /// <summary>Whether the expression surely has a boolean value.</summary>
    public static bool IsSafeBoolean(Expr expression, PartialRecord context) => IsBoolean(expression) && CannotFail(expression, context);

    /// <summary>Whether the expression surely has an entity as its value.</summary>
    public static bool IsEntity(Expr expression) =>
        expression is Expr.Var { Variable: not Variable.Context } or Expr.Literal { Value: EntityValue };

    private static bool IsEntityOrEntities(Expr expression) =>
        IsEntity(expression) || (expression is Expr.Set set && set.Elements.All(IsEntity));
}
