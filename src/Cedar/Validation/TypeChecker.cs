using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>A type and what may be read once the expression was true. The type is null where a mistake keeps it unknown.</summary>
internal readonly record struct Typed(StaticType? Type, ImmutableHashSet<string> Capabilities)
{
    public bool IsTrue => ReferenceEquals(Type, StaticType.True);

    public bool IsFalse => ReferenceEquals(Type, StaticType.False);
}

/// <summary>
/// Types the expressions of one policy, for one kind of requests after another (Cedar spec, "Validation", strict mode). Parts that can never
/// be evaluated are not looked at.
/// </summary>
internal sealed partial class TypeChecker(SchemaIndex schema, TypeJoin types, ExpressionKeys keys, Findings findings)
{
    private static readonly ImmutableHashSet<string> s_none = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    private RequestEnvironment _environment = null!;

    /// <summary>Types the conditions of a policy. Null is a mistake.</summary>
    public StaticType? CheckConditions(Policy policy, RequestEnvironment environment)
    {
        _environment = environment;
        findings.Environment = environment;
        var known = s_none;
        var all = StaticType.True;
        foreach (var condition in policy.Conditions)
        {
            var typed = CheckBool(condition.Body, known);
            if (condition.IsUnless)
            {
                typed = Not(typed.Type);
            }

            if (typed.IsFalse)
            {
                return typed.Type;
            }

            known = Union(known, typed.Capabilities);
            all = typed.IsTrue ? all : StaticType.Bool;
        }

        return all;
    }

    private Typed Check(Expr expression, ImmutableHashSet<string> known)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            findings.Error(CedarCodes.TooDeepToValidate, expression.Span, "the expression is nested too deeply to validate");
            return Just(null);
        }

        return expression switch
        {
            Expr.Literal literal => Just(TypeOf(literal.Value)),
            Expr.Var variable => Just(TypeOf(variable.Variable)),
            Expr.Slot => Just(StaticType.AnyEntity),
            Expr.Unary unary => CheckUnary(unary, known),
            Expr.Binary binary => CheckBinary(binary, known),
            Expr.And and => CheckAnd(and, known),
            Expr.Or or => CheckOr(or, known),
            Expr.If choice => CheckIf(choice, known),
            Expr.GetAttribute access => Just(CheckGetAttribute(access, known)),
            Expr.Has has => CheckHas(has, known),
            Expr.Like like => CheckLike(like, known),
            Expr.Is test => CheckIs(test, known),
            Expr.Set set => Just(CheckSet(set, known)),
            Expr.Record record => Just(CheckRecord(record, known)),
            Expr.Call call => Just(CheckCall(call, known)),
            _ => throw new InvalidOperationException($"The family of expressions is closed; {expression.GetType()} is not in it."),
        };
    }

    private static Typed Just(StaticType? type) => new(type, s_none);

    private static ImmutableHashSet<string> Union(ImmutableHashSet<string> first, ImmutableHashSet<string> second) =>
        first.Count < second.Count ? second.Union(first) : first.Union(second);

    private static Typed Not(StaticType? type) => Just(type switch
    {
        StaticType.Boolean { Value: true } => StaticType.False,
        StaticType.Boolean { Value: false } => StaticType.True,
        _ => StaticType.Bool,
    });

    private StaticType? TypeOf(Value value) => value switch
    {
        BoolValue { Value: true } => StaticType.True,
        BoolValue => StaticType.False,
        LongValue => StaticType.Long,
        StringValue => StaticType.String,
        EntityValue entity => IsKnown(entity.Uid) ? schema.EntityOf(entity.Uid.Type) : null,
        _ => null,
    };

    // What is not known was told when the names were checked.
    private bool IsKnown(EntityUid uid) => schema.Schema.EntityTypes.ContainsKey(uid.Type) || schema.Schema.Actions.ContainsKey(uid);

    private StaticType TypeOf(Variable variable) => variable switch
    {
        Variable.Principal => _environment.Principal,
        Variable.Action => schema.EntityOf(_environment.Action.Uid.Type),
        Variable.Resource => _environment.Resource,
        Variable.Context => _environment.Context,
    };

    private Typed CheckBool(Expr expression, ImmutableHashSet<string> known)
    {
        var typed = Check(expression, known);
        return typed.Type is null or StaticType.Boolean ? typed : Just(Mismatch(expression, "Bool", typed.Type));
    }

    /// <summary>Types an expression that has to be of one of the types that exist once; false when it is not.</summary>
    private bool Expect(Expr expression, StaticType expected, ImmutableHashSet<string> known)
    {
        var type = Check(expression, known).Type;
        if (type is null || ReferenceEquals(type, expected))
        {
            return type is not null;
        }

        Mismatch(expression, expected.Describe(), type);
        return false;
    }

    /// <summary>Reports a wrong type; the result is the unknown type.</summary>
    private StaticType? Mismatch(Expr place, string expected, StaticType found, string? help = null)
    {
        findings.Error(CedarCodes.TypeMismatch, place.Span, $"expected `{expected}`, found `{found.Describe()}`", help);
        return null;
    }

    private Typed CheckAnd(Expr.And and, ImmutableHashSet<string> known)
    {
        var left = CheckBool(and.Left, known);
        if (left.IsFalse)
        {
            return Just(StaticType.False);
        }

        var right = CheckBool(and.Right, Union(known, left.Capabilities));
        if (right.IsFalse)
        {
            return Just(StaticType.False);
        }

        var type = right.IsTrue ? left.Type : left.IsTrue ? right.Type : StaticType.Bool;
        return new Typed(type, Union(left.Capabilities, right.Capabilities));
    }

    private Typed CheckOr(Expr.Or or, ImmutableHashSet<string> known)
    {
        var left = CheckBool(or.Left, known);
        if (left.IsTrue)
        {
            return left;
        }

        var right = CheckBool(or.Right, known);
        if (right.IsTrue || left.IsFalse)
        {
            return right;
        }

        return right.IsFalse ? left : new Typed(StaticType.Bool, left.Capabilities.Intersect(right.Capabilities));
    }

    private Typed CheckIf(Expr.If choice, ImmutableHashSet<string> known)
    {
        var condition = CheckBool(choice.Condition, known);
        if (condition.IsFalse)
        {
            return Check(choice.Else, known);
        }

        var then = Check(choice.Then, Union(known, condition.Capabilities));
        then = then with { Capabilities = Union(then.Capabilities, condition.Capabilities) };
        if (condition.IsTrue)
        {
            return then;
        }

        var otherwise = Check(choice.Else, known);
        if (then.Type is null || otherwise.Type is null)
        {
            return Just(null);
        }

        if (types.Join(then.Type, otherwise.Type) is { } type)
        {
            return new Typed(type, then.Capabilities.Intersect(otherwise.Capabilities));
        }

        return Just(Incompatible(choice, "the branches of `if` have", then.Type, otherwise.Type));
    }

    private StaticType? Incompatible(Expr place, string what, StaticType first, StaticType second)
    {
        var (one, other) = (first.Describe(), second.Describe());
        var which = one == other ? $"types `{one}` that differ in their parts" : $"types `{one}` and `{other}`";
        findings.Error(CedarCodes.IncompatibleTypes, place.Span, $"{what} incompatible {which}");
        return null;
    }
}
