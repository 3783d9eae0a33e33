using System.Collections.Immutable;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary><c>[a, b, …]</c>.</summary>
internal sealed class SetNode(Node[] elements, SourceSpan span) : Node(span)
{
    public ReadOnlySpan<Node> Elements => elements;

    public override Outcome Evaluate(in Frame frame)
    {
        var values = ImmutableArray.CreateBuilder<Value>(elements.Length);
        foreach (var element in elements)
        {
            var outcome = element.Evaluate(frame);
            if (outcome.IsError)
            {
                return outcome;
            }

            values.Add(outcome.ToValue());
        }

        return new SetValue(values.MoveToImmutable());
    }
}

/// <summary><c>s.isEmpty()</c>.</summary>
internal sealed class IsEmptyNode(Node set, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = set.Evaluate(frame);
        return outcome.As<SetValue>() is { } value ? Outcome.Of(value.Elements.IsEmpty)
            : outcome.IsError ? outcome
            : WrongType(set, "set", outcome);
    }
}

/// <summary><c>s.contains(x)</c>, <c>s.containsAll(t)</c> and <c>s.containsAny(t)</c>.</summary>
internal sealed class ContainsNode(BinaryOperator operation, Node left, Node right, SourceSpan span) : Node(span)
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

        if (first.As<SetValue>() is not { } set)
        {
            return WrongType(left, "set", first);
        }

        if (operation == BinaryOperator.Contains)
        {
            return Outcome.Of(set.Contains(second.ToValue()));
        }

        return second.As<SetValue>() is not { } other ? WrongType(right, "set", second)
            : Outcome.Of(operation == BinaryOperator.ContainsAll ? set.ContainsAll(other) : set.ContainsAny(other));
    }
}
