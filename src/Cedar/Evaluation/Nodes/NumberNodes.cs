using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary><c>-x</c>.</summary>
internal sealed class NegateNode(Node operand, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = operand.Evaluate(frame);
        if (!outcome.TryGetLong(out var value))
        {
            return outcome.IsError ? outcome : WrongType(operand, "long", outcome);
        }

        return value == long.MinValue
            ? new EvaluationError(EvaluationErrorKind.Overflow, "integer overflow in `-`", Span)
            : Outcome.Of(-value);
    }
}

/// <summary><c>+</c>, <c>-</c> and <c>*</c> of integers.</summary>
internal sealed class ArithmeticNode(BinaryOperator operation, Node left, Node right, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var first = left.Evaluate(frame);
        if (first.IsError)
        {
            return first;
        }

        var second = right.Evaluate(frame);
        if (second.IsError)
        {
            return second;
        }

        return !first.TryGetLong(out var a) ? WrongType(left, "long", first)
            : !second.TryGetLong(out var b) ? WrongType(right, "long", second)
            : operation switch
            {
                BinaryOperator.Add => Fit((Int128)a + b, "+"),
                BinaryOperator.Subtract => Fit((Int128)a - b, "-"),
                _ => Fit((Int128)a * b, "*"),
            };
    }

    private Outcome Fit(Int128 exact, string name) => exact >= long.MinValue && exact <= long.MaxValue
        ? Outcome.Of((long)exact)
        : new EvaluationError(EvaluationErrorKind.Overflow, $"integer overflow in `{name}`", Span);
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> and <c>&gt;=</c> of two integers, instants or durations.</summary>
internal sealed class OrderNode(BinaryOperator operation, Node left, Node right, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var first = left.Evaluate(frame);
        if (first.IsError)
        {
            return first;
        }

        var second = right.Evaluate(frame);
        if (second.IsError)
        {
            return second;
        }

        var kindOfFirst = ReadOrdered(first, out var a);
        var kindOfSecond = ReadOrdered(second, out var b);
        if (kindOfFirst is null || kindOfFirst != kindOfSecond)
        {
            return kindOfFirst is not null
                ? WrongType(right, kindOfFirst, second)
                : WrongType(left, kindOfSecond ?? "long, datetime or duration", first);
        }

        return Outcome.Of(operation switch
        {
            BinaryOperator.Less => a < b,
            BinaryOperator.LessOrEqual => a <= b,
            BinaryOperator.Greater => a > b,
            _ => a >= b,
        });
    }

    /// <summary>The kind of a value that has an order, with the number that gives it; otherwise null.</summary>
    private static string? ReadOrdered(Outcome outcome, out long number)
    {
        if (outcome.TryGetLong(out number))
        {
            return "long";
        }

        switch (outcome.ToValue())
        {
            case DateTimeValue instant:
                number = instant.Milliseconds;
                return "datetime";
            case DurationValue duration:
                number = duration.Milliseconds;
                return "duration";
            default:
                return null;
        }
    }
}
