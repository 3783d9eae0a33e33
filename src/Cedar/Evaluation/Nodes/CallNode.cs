using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary>A function or method of an extension type; without second argument, <paramref name="second"/> is null.</summary>
internal sealed class CallNode(ExtensionFunction function, Node first, Node? second, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var a = first.Evaluate(frame);
        if (a.IsError)
        {
            return a;
        }

        Outcome b = default;
        if (second is not null)
        {
            b = second.Evaluate(frame);
            if (b.IsError)
            {
                return b;
            }
        }

        if (a.TypeName != function.ParameterTypes[0])
        {
            return WrongType(first, function.ParameterTypes[0], a);
        }

        if (second is not null && b.TypeName != function.ParameterTypes[1])
        {
            return WrongType(second, function.ParameterTypes[1], b);
        }

        return function.Body(a.ToValue(), second is null ? null : b.ToValue()) is { } value ? value
            : function.IsMethod ? new EvaluationError(EvaluationErrorKind.Overflow, $"overflow in `{function.Name}`", Span)
            : new EvaluationError(EvaluationErrorKind.ExtensionArgument, $"`{function.Name}` cannot read {a.ToValue()}", first.Span);
    }
}

/// <summary>A call with too few or too many arguments, which is an error after those that the arguments have themselves.</summary>
internal sealed class ArgumentCountNode(ExtensionFunction function, Node[] arguments, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        foreach (var argument in arguments)
        {
            var outcome = argument.Evaluate(frame);
            if (outcome.IsError)
            {
                return outcome;
            }
        }

        // The receiver is not an argument to who writes a call.
        var hidden = function.IsMethod ? 1 : 0;
        var expected = function.Arity - hidden;
        var count = expected == 1 ? "1 argument" : $"{expected} arguments";
        return new EvaluationError(EvaluationErrorKind.ArgumentCount, $"`{function.Name}` takes {count}, not {arguments.Length - hidden}", Span);
    }
}
