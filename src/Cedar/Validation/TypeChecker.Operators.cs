using System.Collections.Immutable;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <content>Operators.</content>
internal sealed partial class TypeChecker
{
    private static bool IsOrdered(StaticType? type) =>
        ReferenceEquals(type, StaticType.Long) || type is StaticType.Extension { Name: "datetime" or "duration" };

    private Typed CheckUnary(Expr.Unary unary, ImmutableHashSet<string> known)
    {
        if (unary.Operator == UnaryOperator.Not)
        {
            return Not(CheckBool(unary.Operand, known).Type);
        }

        Expect(unary.Operand, StaticType.Long, known);
        return Just(StaticType.Long);
    }

    private Typed CheckBinary(Expr.Binary binary, ImmutableHashSet<string> known) => binary.Operator switch
    {
        BinaryOperator.Equal => Just(CheckEqual(binary, known)),
        BinaryOperator.NotEqual => Not(CheckEqual(binary, known)),
        BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
            CheckOrder(binary, known),
        BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply => CheckArithmetic(binary, known),
        BinaryOperator.In => Just(CheckIn(binary.Left, Check(binary.Left, known).Type, binary.Right, known)),
        BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny => CheckContains(binary, known),
        BinaryOperator.HasTag or BinaryOperator.GetTag => CheckTag(binary, known),
    };

    private StaticType CheckEqual(Expr.Binary binary, ImmutableHashSet<string> known)
    {
        var left = Check(binary.Left, known).Type;
        var right = Check(binary.Right, known).Type;
        if (left is null || right is null)
        {
            return StaticType.Bool;
        }

        if (left is StaticType.Entity { Name: { } one } && right is StaticType.Entity { Name: { } other } && one != other)
        {
            return StaticType.False;
        }

        if (LiteralOrAction(binary.Left) is { } first && LiteralOrAction(binary.Right) is { } second)
        {
            return first.Equals(second) ? StaticType.True : StaticType.False;
        }

        if (types.Join(left, right) is null)
        {
            Incompatible(binary, binary.Operator == BinaryOperator.Equal ? "`==` compares" : "`!=` compares", left, right);
        }

        return StaticType.Bool;
    }

    /// <summary>The value of a literal or, because there is one for each kind of requests, of <c>action</c>.</summary>
    private Value? LiteralOrAction(Expr expression) => expression switch
    {
        Expr.Literal literal => literal.Value,
        Expr.Var { Variable: Variable.Action } => Value.Of(_environment.Action.Uid),
        _ => null,
    };

    private Typed CheckOrder(Expr.Binary binary, ImmutableHashSet<string> known)
    {
        var left = Check(binary.Left, known).Type;
        var right = Check(binary.Right, known).Type;
        if (left is null || right is null)
        {
            return Just(StaticType.Bool);
        }

        if (IsOrdered(left))
        {
            if (types.Join(left, right) is null)
            {
                Mismatch(binary.Right, left.Describe(), right);
            }
        }
        else
        {
            Mismatch(binary.Left, IsOrdered(right) ? right.Describe() : "Long, datetime or duration", left, HelpForOrder(left));
        }

        return Just(StaticType.Bool);
    }

    private static string? HelpForOrder(StaticType type) =>
        type is StaticType.Extension { Name: "decimal" } ? "decimals are compared with `lessThan` and `greaterThan`" : null;

    private Typed CheckArithmetic(Expr.Binary binary, ImmutableHashSet<string> known)
    {
        Expect(binary.Left, StaticType.Long, known);
        Expect(binary.Right, StaticType.Long, known);
        return Just(StaticType.Long);
    }

    private Typed CheckContains(Expr.Binary binary, ImmutableHashSet<string> known)
    {
        var left = Check(binary.Left, known).Type;
        var right = Check(binary.Right, known).Type;
        if (left is not (null or StaticType.Set))
        {
            left = Mismatch(binary.Left, "Set", left, left is StaticType.Entity ? "use `in` to test what an entity is in" : null);
        }

        var isOne = binary.Operator == BinaryOperator.Contains;
        if (!isOne && right is not (null or StaticType.Set))
        {
            right = Mismatch(binary.Right, "Set", right, "use `contains` to test one element");
        }

        if (left is not StaticType.Set set || right is null)
        {
            return Just(StaticType.Bool);
        }

        if (isOne)
        {
            if (types.Join(set.Element, right) is null)
            {
                Incompatible(binary, "`contains` compares", set.Element, right);
            }
        }
        else if (types.Join(set, right) is null)
        {
            Incompatible(binary, binary.Operator == BinaryOperator.ContainsAll ? "`containsAll` compares" : "`containsAny` compares", set, right);
        }

        return Just(StaticType.Bool);
    }

    private StaticType CheckIn(Expr left, StaticType? leftType, Expr right, ImmutableHashSet<string> known)
    {
        if (leftType is not (null or StaticType.Entity))
        {
            leftType = Mismatch(left, "entity", leftType, "use `contains` to test what a set has");
        }

        var rightType = Check(right, known).Type;
        var ancestor = rightType is StaticType.Set set ? set.Element : rightType;
        if (ancestor is not (null or StaticType.Entity))
        {
            Mismatch(right, "entity or Set<entity>", rightType!, ancestor is StaticType.Set ? null : "use `contains` to test what a set has");
        }

        if (leftType is not StaticType.Entity child || ancestor is not StaticType.Entity parent)
        {
            return StaticType.Bool;
        }

        if (LiteralOrAction(left) is EntityValue { Uid: var uid } && Identifiers.IsActionType(uid.Type) && EntitiesOf(right) is { } groups)
        {
            return groups.Any(group => schema.IsActionIn(uid, group)) ? StaticType.True : StaticType.False;
        }

        return child.Name is { } childName && parent.Name is { } parentName && !schema.MayBeIn(childName, parentName)
            ? StaticType.False
            : StaticType.Bool;
    }

    /// <summary>The entities that are written there, one or several; null when the expression is anything else.</summary>
    private List<EntityUid>? EntitiesOf(Expr expression)
    {
        if (LiteralOrAction(expression) is EntityValue one)
        {
            return [one.Uid];
        }

        if (expression is not Expr.Set set)
        {
            return null;
        }

        var entities = new List<EntityUid>(set.Elements.Length);
        foreach (var element in set.Elements)
        {
            if (LiteralOrAction(element) is not EntityValue entity)
            {
                return null;
            }

            entities.Add(entity.Uid);
        }

        return entities;
    }

    private Typed CheckLike(Expr.Like like, ImmutableHashSet<string> known)
    {
        Expect(like.Target, StaticType.String, known);
        return Just(StaticType.Bool);
    }

    private Typed CheckIs(Expr.Is test, ImmutableHashSet<string> known)
    {
        var target = Check(test.Target, known).Type;
        if (target is not (null or StaticType.Entity))
        {
            target = Mismatch(test.Target, "entity", target);
        }

        var type = target is StaticType.Entity { Name: { } name }
            ? name == test.EntityType ? StaticType.True : StaticType.False
            : StaticType.Bool;
        if (test.In is null || ReferenceEquals(type, StaticType.False))
        {
            return Just(type);
        }

        var within = CheckIn(test.Target, target, test.In, known);
        return Just(ReferenceEquals(type, StaticType.True) || ReferenceEquals(within, StaticType.False) ? within : StaticType.Bool);
    }
}
