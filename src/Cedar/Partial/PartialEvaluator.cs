using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>
/// Evaluates expressions of which some inputs are unknown. What does not depend on them is computed; the rest is left as an expression that can
/// be evaluated when they are known. Sound with respect to errors and short circuits: <c>unknown &amp;&amp; error</c> is left, because the
/// unknown may be false. Nothing is thrown. An instance may be used from several threads.
/// </summary>
public sealed partial class PartialEvaluator(PartialRequest request, PartialEntities entities)
{
    /// <summary>What the expression comes to with what is known.</summary>
    public PartialResult Evaluate(Expr expression)
    {
        // Left as it is, an expression that is too deep is still right; a stack overflow would take the process down.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return expression;
        }

        return expression switch
        {
            Expr.Literal literal => literal.Value,
            Expr.Var variable => EvaluateVariable(variable),
            Expr.Slot slot => Evaluator.EvaluateClosed(slot),
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

    /// <summary>Whether an expression surely has a boolean value.</summary>
    internal bool IsSafeBoolean(Expr expression) => ResidualFacts.IsSafeBoolean(expression, request.Context);

    /// <summary>The expression that stands for a result in a place that may never be evaluated, where an error must stay one.</summary>
    internal static Expr Branch(PartialResult result, Expr original) =>
        result.Error is not null ? original : Operand(result, original.Span);

    private static Expr Operand(PartialResult result, SourceSpan span) => result.Residual ?? ValueExpression.Of(result.Value!, span);

    private static EvaluationError WrongType(Expr place, string expected, Value found) =>
        new(EvaluationErrorKind.TypeMismatch, $"expected {expected}, found {found.TypeName}", place.Span);

    private PartialResult EvaluateVariable(Expr.Var variable)
    {
        var uid = UidOf(variable.Variable)?.Uid;
        return uid is not null ? Value.Of(uid)
            : variable.Variable == Variable.Context && request.Context.IsKnown ? request.Context.Known
            : variable;
    }

    private PartialUid? UidOf(Variable variable) => variable switch
    {
        Variable.Principal => request.Principal,
        Variable.Action => request.Action,
        Variable.Resource => request.Resource,
        Variable.Context => null,
    };

    private PartialResult EvaluateUnary(Expr.Unary unary)
    {
        var operand = Evaluate(unary.Operand);
        return operand.Error is not null ? operand
            : operand.Residual is { } residual ? unary with { Operand = residual }
            : Evaluator.EvaluateClosed(unary with { Operand = new Expr.Literal(operand.Value!, unary.Operand.Span) });
    }

    private PartialResult EvaluateAnd(Expr.And and)
    {
        var left = EvaluateBool(and.Left);
        if (left.Residual is not { } open)
        {
            return left.Error is not null || left.Value == BoolValue.False ? left : Second(and.Right, rest => and with { Left = True(and), Right = rest });
        }

        var right = EvaluateBool(and.Right);
        return right.Value == BoolValue.True && ResidualFacts.IsBoolean(open) ? open
            : right.Value == BoolValue.False && IsSafeBoolean(open) ? right
            : and with { Left = open, Right = Branch(right, and.Right) };
    }

    private PartialResult EvaluateOr(Expr.Or or)
    {
        var left = EvaluateBool(or.Left);
        if (left.Residual is not { } open)
        {
            return left.Error is not null || left.Value == BoolValue.True ? left : Second(or.Right, rest => or with { Left = False(or), Right = rest });
        }

        var right = EvaluateBool(or.Right);
        return right.Value == BoolValue.False && ResidualFacts.IsBoolean(open) ? open
            : right.Value == BoolValue.True && IsSafeBoolean(open) ? right
            : or with { Left = open, Right = Branch(right, or.Right) };
    }

    private static Expr.Literal True(Expr place) => new(BoolValue.True, place.Span);

    private static Expr.Literal False(Expr place) => new(BoolValue.False, place.Span);

    /// <summary>The second operand of a connective whose first one decides nothing; wrapped where its being a boolean is still to be checked.</summary>
    private PartialResult Second(Expr operand, Func<Expr, Expr> wrap)
    {
        var result = EvaluateBool(operand);
        return result.Residual is { } residual && !ResidualFacts.IsBoolean(residual) ? wrap(residual) : result;
    }

    private PartialResult EvaluateBool(Expr expression)
    {
        var result = Evaluate(expression);
        return result.Value is null or BoolValue ? result : WrongType(expression, "bool", result.Value);
    }

    private PartialResult EvaluateIf(Expr.If choice)
    {
        var condition = EvaluateBool(choice.Condition);
        if (condition.Error is not null)
        {
            return condition;
        }

        if (condition.Residual is not { } open)
        {
            return Evaluate(condition.Value == BoolValue.True ? choice.Then : choice.Else);
        }

        var then = Evaluate(choice.Then);
        var otherwise = Evaluate(choice.Else);
        return then.Value is not null && then.Value.Equals(otherwise.Value) && IsSafeBoolean(open)
            ? then
            : choice with { Condition = open, Then = Branch(then, choice.Then), Else = Branch(otherwise, choice.Else) };
    }

    private PartialResult EvaluateLike(Expr.Like like)
    {
        var target = Evaluate(like.Target);
        return target.Error is not null ? target
            : target.Residual is { } residual ? like with { Target = residual }
            : Evaluator.EvaluateClosed(like with { Target = new Expr.Literal(target.Value!, like.Target.Span) });
    }

    private PartialResult EvaluateSet(Expr.Set set)
    {
        var error = EvaluateAll(set.Elements, out var elements, out var areKnown);
        return error is not null ? error : areKnown ? Evaluator.EvaluateClosed(set with { Elements = elements }) : set with { Elements = elements };
    }

    private PartialResult EvaluateRecord(Expr.Record record)
    {
        var error = EvaluateAll([.. record.Fields.Select(field => field.Value)], out var values, out var areKnown);
        if (error is not null)
        {
            return error;
        }

        var partial = record with { Fields = [.. record.Fields.Select((field, i) => KeyValuePair.Create(field.Key, values[i]))] };
        return areKnown ? Evaluator.EvaluateClosed(partial) : partial;
    }

    private PartialResult EvaluateCall(Expr.Call call)
    {
        var error = EvaluateAll(call.Arguments, out var arguments, out var areKnown);
        var partial = call with { Arguments = arguments };
        return error is not null ? error : areKnown ? Evaluator.EvaluateClosed(partial) : partial;
    }

    /// <summary>All of them, which are evaluated in any case: an error of any is one of the whole.</summary>
    private EvaluationError? EvaluateAll(ImmutableArray<Expr> expressions, out ImmutableArray<Expr> results, out bool areKnown)
    {
        results = [];
        areKnown = true;
        var builder = ImmutableArray.CreateBuilder<Expr>(expressions.Length);
        foreach (var expression in expressions)
        {
            var result = Evaluate(expression);
            if (result.Error is not null)
            {
                return result.Error;
            }

            areKnown &= result.Residual is null;
            builder.Add(Operand(result, expression.Span));
        }

        results = builder.MoveToImmutable();
        return null;
    }
}
