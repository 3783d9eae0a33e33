using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// Evaluates expressions as the Cedar specification defines them ("Semantics of expressions"). Errors of the language are results; nothing is
/// thrown. An instance holds one request and may be used from several threads.
/// </summary>
public sealed class Evaluator
{
    private readonly EntityValue? _principal;
    private readonly EntityValue? _action;
    private readonly EntityValue? _resource;
    private readonly RecordValue? _context;
    private readonly IEntityStore _entities;

    /// <summary>An evaluator for one request.</summary>
    public Evaluator(Request request, IEntityStore entities)
    {
        _principal = Value.Of(request.Principal);
        _action = Value.Of(request.Action);
        _resource = Value.Of(request.Resource);
        _context = request.Context;
        _entities = entities;
    }

    private Evaluator()
    {
        _entities = EntityStore.Empty;
    }

    private static Evaluator Closed { get; } = new();

    /// <summary>
    /// The value of an expression that names no variable and reads no entity; naming one is an error of kind
    /// <see cref="EvaluationErrorKind.Unbound"/>.
    /// </summary>
    public static EvaluationResult EvaluateClosed(Expr expression) => Closed.Evaluate(expression);

    /// <summary>The value of an expression for a request.</summary>
    public static EvaluationResult Evaluate(Expr expression, Request request, IEntityStore entities) =>
        new Evaluator(request, entities).Evaluate(expression);

    /// <summary>The value of an expression for this evaluator's request.</summary>
    public EvaluationResult Evaluate(Expr expression)
    {
        // Parsed expressions are shallow enough; built ones may not be, and a stack overflow would take the process down.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return new EvaluationError(EvaluationErrorKind.TooDeep, "the expression is nested too deeply to evaluate", expression.Span);
        }

        return expression switch
        {
            Expr.Literal literal => literal.Value,
            Expr.Var variable => EvaluateVariable(variable),
            Expr.Slot slot => new EvaluationError(EvaluationErrorKind.Unbound, "the template's slot is not filled", slot.Span),
            Expr.Unary unary => EvaluateUnary(unary),
            Expr.Binary binary => EvaluateBinary(binary),
            Expr.And and => EvaluateAnd(and),
            Expr.Or or => EvaluateOr(or),
            Expr.If choice => EvaluateIf(choice),
            Expr.GetAttribute access => EvaluateGetAttribute(access),
            Expr.Has has => EvaluateHas(has),
            Expr.Like like => EvaluateLike(like),
            Expr.Is test => EvaluateIs(test),
            Expr.Set set => EvaluateSet(set),
            Expr.Record record => EvaluateRecord(record),
            Expr.Call call => EvaluateCall(call),
            _ => throw new InvalidOperationException($"The family of expressions is closed; {expression.GetType()} is not in it."),
        };
    }

    /// <summary>Whether an entity is another one or a descendant of it.</summary>
    internal bool IsIn(EntityUid child, EntityUid ancestor) => child.Equals(ancestor) || _entities.IsAncestor(child, ancestor);

    private static EvaluationError WrongType(Expr place, string expected, Value found) =>
        new(EvaluationErrorKind.TypeMismatch, $"expected {expected}, found {found.TypeName}", place.Span);

    private EvaluationResult EvaluateVariable(Expr.Var variable)
    {
        Value? value = variable.Variable switch
        {
            Variable.Principal => _principal,
            Variable.Action => _action,
            Variable.Resource => _resource,
            Variable.Context => _context,
        };
        return value is null
            ? new EvaluationError(EvaluationErrorKind.Unbound, "the expression depends on the request", variable.Span)
            : value;
    }

    private EvaluationResult EvaluateUnary(Expr.Unary unary)
    {
        var operand = Evaluate(unary.Operand);
        if (operand.IsError)
        {
            return operand;
        }

        return (unary.Operator, operand.Value) switch
        {
            (UnaryOperator.Not, BoolValue b) => Value.Of(!b.Value),
            (UnaryOperator.Not, var other) => WrongType(unary.Operand, "bool", other),
            (UnaryOperator.Negate, LongValue { Value: long.MinValue }) =>
                new EvaluationError(EvaluationErrorKind.Overflow, "integer overflow in `-`", unary.Span),
            (UnaryOperator.Negate, LongValue n) => Value.Of(-n.Value),
            (UnaryOperator.Negate, var other) => WrongType(unary.Operand, "long", other),
        };
    }

    private EvaluationResult EvaluateBinary(Expr.Binary binary)
    {
        var left = Evaluate(binary.Left);
        if (left.IsError)
        {
            return left;
        }

        var right = Evaluate(binary.Right);
        if (right.IsError)
        {
            return right;
        }

        return binary.Operator switch
        {
            BinaryOperator.Equal => Value.Of(left.Value.Equals(right.Value)),
            BinaryOperator.NotEqual => Value.Of(!left.Value.Equals(right.Value)),
            BinaryOperator.In => EvaluateIn(binary.Left, left.Value, binary.Right, right.Value),
            BinaryOperator.Contains => left.Value is SetValue set
                ? Value.Of(set.Contains(right.Value))
                : WrongType(binary.Left, "set", left.Value),
            BinaryOperator.ContainsAll or BinaryOperator.ContainsAny => EvaluateSets(binary, left.Value, right.Value),
            BinaryOperator.HasTag or BinaryOperator.GetTag => EvaluateTag(binary, left.Value, right.Value),
            BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
                EvaluateOrder(binary, left.Value, right.Value),
            BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply => EvaluateInteger(binary, left.Value, right.Value),
        };
    }

    private static EvaluationResult EvaluateOrder(Expr.Binary binary, Value left, Value right)
    {
        int order;
        switch (left, right)
        {
            case (LongValue a, LongValue b):
                order = a.Value.CompareTo(b.Value);
                break;
            case (DateTimeValue a, DateTimeValue b):
                order = a.Milliseconds.CompareTo(b.Milliseconds);
                break;
            case (DurationValue a, DurationValue b):
                order = a.Milliseconds.CompareTo(b.Milliseconds);
                break;
            case (LongValue or DateTimeValue or DurationValue, _):
                return WrongType(binary.Right, left.TypeName, right);
            case (_, LongValue or DateTimeValue or DurationValue):
                return WrongType(binary.Left, right.TypeName, left);
            default:
                return WrongType(binary.Left, "long, datetime or duration", left);
        }

        return binary.Operator switch
        {
            BinaryOperator.Less => Value.Of(order < 0),
            BinaryOperator.LessOrEqual => Value.Of(order <= 0),
            BinaryOperator.Greater => Value.Of(order > 0),
            _ => Value.Of(order >= 0),
        };
    }

    private static EvaluationResult EvaluateInteger(Expr.Binary binary, Value left, Value right)
    {
        if (left is not LongValue { Value: var a })
        {
            return WrongType(binary.Left, "long", left);
        }

        if (right is not LongValue { Value: var b })
        {
            return WrongType(binary.Right, "long", right);
        }

        return binary.Operator switch
        {
            BinaryOperator.Add => Fit((Int128)a + b, "+", binary),
            BinaryOperator.Subtract => Fit((Int128)a - b, "-", binary),
            _ => Fit((Int128)a * b, "*", binary),
        };
    }

    private static EvaluationResult Fit(Int128 exact, string operation, Expr.Binary place) =>
        exact >= long.MinValue && exact <= long.MaxValue
            ? Value.Of((long)exact)
            : new EvaluationError(EvaluationErrorKind.Overflow, $"integer overflow in `{operation}`", place.Span);

    private static EvaluationResult EvaluateSets(Expr.Binary binary, Value left, Value right)
    {
        if (left is not SetValue a)
        {
            return WrongType(binary.Left, "set", left);
        }

        if (right is not SetValue b)
        {
            return WrongType(binary.Right, "set", right);
        }

        return Value.Of(binary.Operator == BinaryOperator.ContainsAll ? a.ContainsAll(b) : a.ContainsAny(b));
    }

    private EvaluationResult EvaluateIn(Expr leftPlace, Value left, Expr rightPlace, Value right)
    {
        if (left is not EntityValue { Uid: var child })
        {
            return WrongType(leftPlace, "entity", left);
        }

        switch (right)
        {
            case EntityValue { Uid: var ancestor }:
                return Value.Of(IsIn(child, ancestor));
            case SetValue set:
                // Every element is checked first: a set with a wrong element is an error also when another one would match.
                foreach (var element in set.Elements)
                {
                    if (element is not EntityValue)
                    {
                        return WrongType(rightPlace, "set of entities", element);
                    }
                }

                foreach (var element in set.Elements)
                {
                    if (IsIn(child, ((EntityValue)element).Uid))
                    {
                        return Value.Of(true);
                    }
                }

                return Value.Of(false);
            default:
                return WrongType(rightPlace, "entity or set of entities", right);
        }
    }

    private EvaluationResult EvaluateTag(Expr.Binary binary, Value left, Value right)
    {
        if (left is not EntityValue { Uid: var uid })
        {
            return WrongType(binary.Left, "entity", left);
        }

        if (right is not StringValue { Value: var tag })
        {
            return WrongType(binary.Right, "string", right);
        }

        var exists = _entities.TryGet(uid, out var entity);
        if (binary.Operator == BinaryOperator.HasTag)
        {
            return Value.Of(exists && entity!.Tags.TryGet(tag, out _));
        }

        if (!exists)
        {
            return Missing(uid, binary);
        }

        return entity!.Tags.TryGet(tag, out var value)
            ? value
            : new EvaluationError(EvaluationErrorKind.MissingTag, $"entity `{uid}` has no tag `{tag}`", binary.Span);
    }

    private EvaluationError Missing(EntityUid uid, Expr place) => ReferenceEquals(this, Closed)
        ? new EvaluationError(EvaluationErrorKind.Unbound, "the expression depends on entities", place.Span)
        : new EvaluationError(EvaluationErrorKind.MissingEntity, $"entity `{uid}` does not exist", place.Span);

    private EvaluationResult EvaluateBool(Expr expression)
    {
        var result = Evaluate(expression);
        return result.IsError || result.Value is BoolValue ? result : WrongType(expression, "bool", result.Value);
    }

    private EvaluationResult EvaluateAnd(Expr.And and)
    {
        var left = EvaluateBool(and.Left);
        return left.IsError || left.Value == BoolValue.False ? left : EvaluateBool(and.Right);
    }

    private EvaluationResult EvaluateOr(Expr.Or or)
    {
        var left = EvaluateBool(or.Left);
        return left.IsError || left.Value == BoolValue.True ? left : EvaluateBool(or.Right);
    }

    private EvaluationResult EvaluateIf(Expr.If choice)
    {
        var condition = EvaluateBool(choice.Condition);
        return condition.IsError ? condition : Evaluate(condition.Value == BoolValue.True ? choice.Then : choice.Else);
    }

    private EvaluationResult EvaluateGetAttribute(Expr.GetAttribute access)
    {
        var target = Evaluate(access.Target);
        return target.IsError ? target : GetAttribute(target.Value, access.Name, access.Target, access);
    }

    private EvaluationResult GetAttribute(Value target, string name, Expr targetPlace, Expr place)
    {
        switch (target)
        {
            case RecordValue record:
                return record.TryGet(name, out var field)
                    ? field
                    : new EvaluationError(EvaluationErrorKind.MissingAttribute, $"the record has no attribute `{name}`", place.Span);
            case EntityValue { Uid: var uid }:
                if (!_entities.TryGet(uid, out var entity))
                {
                    return Missing(uid, place);
                }

                return entity.Attributes.TryGet(name, out var attribute)
                    ? attribute
                    : new EvaluationError(EvaluationErrorKind.MissingAttribute, $"entity `{uid}` has no attribute `{name}`", place.Span);
            default:
                return WrongType(targetPlace, "record or entity", target);
        }
    }

    private EvaluationResult EvaluateHas(Expr.Has has)
    {
        var target = Evaluate(has.Target);
        if (target.IsError)
        {
            return target;
        }

        var current = target.Value;
        foreach (var name in has.Path)
        {
            Value? next;
            switch (current)
            {
                case RecordValue record:
                    record.TryGet(name, out next);
                    break;
                case EntityValue { Uid: var uid }:
                    next = null;
                    if (_entities.TryGet(uid, out var entity))
                    {
                        entity.Attributes.TryGet(name, out next);
                    }

                    break;
                default:
                    return WrongType(has.Target, "record or entity", current);
            }

            if (next is null)
            {
                return Value.Of(false);
            }

            current = next;
        }

        return Value.Of(true);
    }

    private EvaluationResult EvaluateLike(Expr.Like like)
    {
        var target = Evaluate(like.Target);
        if (target.IsError)
        {
            return target;
        }

        return target.Value is StringValue text ? Value.Of(like.Pattern.Matches(text.Value)) : WrongType(like.Target, "string", target.Value);
    }

    private EvaluationResult EvaluateIs(Expr.Is test)
    {
        var target = Evaluate(test.Target);
        if (target.IsError)
        {
            return target;
        }

        if (target.Value is not EntityValue { Uid: var uid })
        {
            return WrongType(test.Target, "entity", target.Value);
        }

        if (uid.Type != test.EntityType || test.In is null)
        {
            return Value.Of(uid.Type == test.EntityType);
        }

        var ancestor = Evaluate(test.In);
        return ancestor.IsError ? ancestor : EvaluateIn(test.Target, target.Value, test.In, ancestor.Value);
    }

    private EvaluationResult EvaluateSet(Expr.Set set)
    {
        var error = EvaluateAll(set.Elements, out var values);
        return error is null ? new SetValue(values) : error;
    }

    private EvaluationError? EvaluateAll(ImmutableArray<Expr> expressions, out ImmutableArray<Value> values)
    {
        var builder = ImmutableArray.CreateBuilder<Value>(expressions.Length);
        foreach (var expression in expressions)
        {
            var result = Evaluate(expression);
            if (result.IsError)
            {
                values = [];
                return result.Error;
            }

            builder.Add(result.Value);
        }

        values = builder.MoveToImmutable();
        return null;
    }

    private EvaluationResult EvaluateRecord(Expr.Record record)
    {
        var fields = new KeyValuePair<string, Value>[record.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var result = Evaluate(record.Fields[i].Value);
            if (result.IsError)
            {
                return result;
            }

            fields[i] = new(record.Fields[i].Key, result.Value);
        }

        return Value.RecordOf(fields);
    }

    private EvaluationResult EvaluateCall(Expr.Call call)
    {
        if (call is { Function: "isEmpty", IsMethod: true, Arguments: [var receiver] })
        {
            var set = Evaluate(receiver);
            return set.IsError ? set
                : set.Value is SetValue { Elements: var elements } ? Value.Of(elements.IsEmpty)
                : WrongType(receiver, "set", set.Value);
        }

        if (ExtensionFunction.Find(call.Function) is not { } function || function.IsMethod != call.IsMethod)
        {
            return new EvaluationError(EvaluationErrorKind.UnknownFunction, $"there is no function `{call.Function}`", call.Span);
        }

        if (EvaluateAll(call.Arguments, out var arguments) is { } error)
        {
            return error;
        }

        if (arguments.Length != function.Arity)
        {
            return new EvaluationError(EvaluationErrorKind.ArgumentCount, CountMessage(function, arguments.Length), call.Span);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].TypeName != function.ParameterTypes[i])
            {
                return WrongType(call.Arguments[i], function.ParameterTypes[i], arguments[i]);
            }
        }

        if (function.Body(arguments[0], arguments.Length > 1 ? arguments[1] : null) is { } value)
        {
            return value;
        }

        return function.IsMethod
            ? new EvaluationError(EvaluationErrorKind.Overflow, $"overflow in `{function.Name}`", call.Span)
            : new EvaluationError(EvaluationErrorKind.ExtensionArgument, $"`{function.Name}` cannot read {arguments[0]}", call.Arguments[0].Span);
    }

    private static string CountMessage(ExtensionFunction function, int given)
    {
        // The receiver is not an argument to who writes a call.
        var hidden = function.IsMethod ? 1 : 0;
        var expected = function.Arity - hidden;
        return $"`{function.Name}` takes {(expected == 1 ? "1 argument" : $"{expected} arguments")}, not {given - hidden}";
    }
}
