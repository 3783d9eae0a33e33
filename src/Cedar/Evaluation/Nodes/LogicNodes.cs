using Cedar.Syntax;

namespace Cedar.Evaluation.Nodes;

/// <summary>A chain of <c>&amp;&amp;</c> or of <c>||</c>: evaluated in order up to the first operand that decides it.</summary>
internal sealed class ChainNode(bool isAnd, Node[] operands, SourceSpan span) : Node(span)
{
    public bool IsAnd => isAnd;

    public ReadOnlySpan<Node> Operands => operands;

    public override Outcome Evaluate(in Frame frame)
    {
        foreach (var operand in operands)
        {
            var outcome = operand.Evaluate(frame);
            if (!outcome.TryGetBool(out var holds))
            {
                return outcome.IsError ? outcome : WrongType(operand, "bool", outcome);
            }

            if (holds != isAnd)
            {
                return outcome;
            }
        }

        return Outcome.Of(isAnd);
    }
}

/// <summary><c>!x</c>.</summary>
internal sealed class NotNode(Node operand, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = operand.Evaluate(frame);
        return outcome.TryGetBool(out var value) ? Outcome.Of(!value)
            : outcome.IsError ? outcome
            : WrongType(operand, "bool", outcome);
    }
}

/// <summary><c>if c then a else b</c>.</summary>
internal sealed class IfNode(Node condition, Node then, Node otherwise, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = condition.Evaluate(frame);
        return outcome.TryGetBool(out var holds) ? (holds ? then : otherwise).Evaluate(frame)
            : outcome.IsError ? outcome
            : WrongType(condition, "bool", outcome);
    }
}

/// <summary><c>a == b</c> and <c>a != b</c>: by value, false across kinds, never an error of its own.</summary>
internal sealed class EqualNode(bool isEqual, Node left, Node right, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var a = left.Evaluate(frame);
        if (a.IsError)
        {
            return a;
        }

        var b = right.Evaluate(frame);
        return b.IsError ? b : Outcome.Of(a.ValueEquals(b) == isEqual);
    }
}
