using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <content>Operators with two operands that are both evaluated, and the type test.</content>
public sealed partial class PartialEvaluator
{
    private PartialResult EvaluateBinary(Expr.Binary binary)
    {
        var left = Evaluate(binary.Left);
        if (left.Error is not null)
        {
            return left;
        }

        var right = Evaluate(binary.Right);
        if (right.Error is not null)
        {
            // Whatever the left side does, there is an error: if not its own, then this one.
            return right;
        }

        if ((CheckOperand(binary, binary.Left, left.Value, isLeft: true) ?? CheckOperand(binary, binary.Right, right.Value, isLeft: false)) is { } error)
        {
            return error;
        }

        var residual = binary with { Left = Operand(left, binary.Left.Span), Right = Operand(right, binary.Right.Span) };
        if (left.Value is null || right.Value is null)
        {
            return CompareUnknown(residual) is { } known ? Value.Of(known) : residual;
        }

        return binary.Operator switch
        {
            BinaryOperator.In => EvaluateIn(residual, (EntityValue)left.Value, right.Value),
            BinaryOperator.HasTag => EvaluateHasTag(residual, ((EntityValue)left.Value).Uid, ((StringValue)right.Value).Value),
            BinaryOperator.GetTag => EvaluateGetTag(residual, ((EntityValue)left.Value).Uid, ((StringValue)right.Value).Value),
            BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater
                or BinaryOperator.GreaterOrEqual or BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply
                or BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny =>
                Evaluator.EvaluateClosed(binary with
                {
                    Left = new Expr.Literal(left.Value, binary.Left.Span), Right = new Expr.Literal(right.Value, binary.Right.Span),
                }),
        };
    }

    /// <summary>The error of a known operand that the operator does not take, whatever the other one is.</summary>
    private static EvaluationError? CheckOperand(Expr.Binary binary, Expr place, Value? operand, bool isLeft) => (binary.Operator, operand) switch
    {
        (_, null) or (BinaryOperator.Equal or BinaryOperator.NotEqual, _) => null,
        (BinaryOperator.In, _) when isLeft => operand is EntityValue ? null : WrongType(place, "entity", operand),
        (BinaryOperator.In, SetValue set) => set.Elements.FirstOrDefault(element => element is not EntityValue) is { } wrong
            ? WrongType(place, "set of entities", wrong)
            : null,
        (BinaryOperator.In, _) => operand is EntityValue ? null : WrongType(place, "entity or set of entities", operand),
        (BinaryOperator.Contains, _) when !isLeft => null,
        (BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny, _) =>
            operand is SetValue ? null : WrongType(place, "set", operand),
        (BinaryOperator.HasTag or BinaryOperator.GetTag, _) when isLeft => operand is EntityValue ? null : WrongType(place, "entity", operand),
        (BinaryOperator.HasTag or BinaryOperator.GetTag, _) => operand is StringValue ? null : WrongType(place, "string", operand),
        _ => null,
    };

    /// <summary>What two operands of which one is unknown compare to, where their types or their being the same tell.</summary>
    private bool? CompareUnknown(Expr.Binary binary)
    {
        if (binary.Operator is not (BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.In))
        {
            return null;
        }

        if (binary is { Left: Expr.Var left, Right: Expr.Var right } && left.Variable == right.Variable)
        {
            return binary.Operator == BinaryOperator.In && left.Variable == Variable.Context ? null : binary.Operator != BinaryOperator.NotEqual;
        }

        return binary.Operator != BinaryOperator.In && AreOfDifferentTypes(binary.Left, binary.Right)
            ? binary.Operator == BinaryOperator.NotEqual
            : null;
    }

    private bool AreOfDifferentTypes(Expr left, Expr right)
    {
        if (!ResidualFacts.IsEntity(left) || !ResidualFacts.IsEntity(right))
        {
            // Of the two, one is a variable; a literal of another kind is never equal to an entity.
            return (ResidualFacts.IsEntity(left) && right is Expr.Literal) || (ResidualFacts.IsEntity(right) && left is Expr.Literal);
        }

        return TypeOf(left) is { } a && TypeOf(right) is { } b && a != b;
    }

    /// <summary>The type of what surely is an entity, when it is known.</summary>
    private string? TypeOf(Expr entity) => entity switch
    {
        Expr.Literal { Value: EntityValue { Uid.Type: var type } } => type,
        Expr.Var variable => UidOf(variable.Variable)?.Type,
        _ => null,
    };

    private PartialResult EvaluateIn(Expr.Binary residual, EntityValue child, Value ancestors)
    {
        if (ancestors is EntityValue { Uid: var ancestor })
        {
            return entities.IsIn(child.Uid, ancestor) is { } known ? Value.Of(known) : residual;
        }

        var open = ImmutableArray.CreateBuilder<Expr>();
        foreach (var element in ((SetValue)ancestors).Elements)
        {
            switch (entities.IsIn(child.Uid, ((EntityValue)element).Uid))
            {
                case true:
                    return BoolValue.True;
                case null:
                    open.Add(new Expr.Literal(element, residual.Right.Span));
                    break;
                case false:
                    break;
            }
        }

        return open.Count == 0 ? BoolValue.False : residual with { Right = new Expr.Set(open.DrainToImmutable(), residual.Right.Span) };
    }

    private PartialResult EvaluateIs(Expr.Is test)
    {
        var target = Evaluate(test.Target);
        if (target.Error is not null)
        {
            return target;
        }

        if (target.Value is not null and not EntityValue)
        {
            return WrongType(test.Target, "entity", target.Value);
        }

        var open = Operand(target, test.Target.Span);
        var type = TypeOf(open);
        if (type is null)
        {
            return test with { Target = open, In = test.In is null ? null : Branch(Evaluate(test.In), test.In) };
        }

        return type != test.EntityType ? BoolValue.False
            : test.In is null ? BoolValue.True
            : EvaluateBinary(new Expr.Binary(BinaryOperator.In, open, test.In, test.Span));
    }
}
