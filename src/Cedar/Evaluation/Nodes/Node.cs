using System.Runtime.CompilerServices;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary>
/// A part of a compiled expression, which evaluates itself as the Cedar specification defines it ("Semantics of expressions"). Immutable and
/// free of requests: one tree serves all threads. Errors of the language are outcomes; nothing is thrown.
/// </summary>
internal abstract class Node(SourceSpan span)
{
    /// <summary>The place of the expression.</summary>
    public SourceSpan Span { get; } = span;

    public abstract Outcome Evaluate(in Frame frame);

    protected static EvaluationError WrongType(Node place, string expected, Outcome found) =>
        new(EvaluationErrorKind.TypeMismatch, $"expected {expected}, found {found.TypeName}", place.Span);

    protected static EvaluationError Missing(in Frame frame, EntityUid uid, SourceSpan span) => frame.Request is null
        ? new EvaluationError(EvaluationErrorKind.Unbound, "the expression depends on entities", span)
        : new EvaluationError(EvaluationErrorKind.MissingEntity, $"entity `{uid}` does not exist", span);
}

/// <summary>A value that is known when the expression is compiled.</summary>
internal sealed class ConstantNode(Value value, SourceSpan span) : Node(span)
{
    public Value Value => value;

    public override Outcome Evaluate(in Frame frame) => value;
}

/// <summary>What is an error whatever the request.</summary>
internal sealed class ErrorNode(EvaluationErrorKind kind, string message, SourceSpan span) : Node(span)
{
    private readonly EvaluationError _error = new(kind, message, span);

    public static ErrorNode TooDeep(SourceSpan span) => new(EvaluationErrorKind.TooDeep, "the expression is nested too deeply to evaluate", span);

    public override Outcome Evaluate(in Frame frame) => _error;
}

/// <summary>Checks the stack once for many levels below. Without it, a deep expression on a small stack would take the process down.</summary>
internal sealed class StackGuardNode(Node inner) : Node(inner.Span)
{
    public override Outcome Evaluate(in Frame frame) =>
        RuntimeHelpers.TryEnsureSufficientExecutionStack() ? inner.Evaluate(frame) : ErrorNode.TooDeep(Span).Evaluate(frame);
}

/// <summary><c>principal</c>, <c>action</c>, <c>resource</c> or <c>context</c>.</summary>
internal sealed class VariableNode(Variable variable, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        if (frame.Request is not { } request)
        {
            return new EvaluationError(EvaluationErrorKind.Unbound, "the expression depends on the request", Span);
        }

        return variable switch
        {
            Variable.Principal => request.Principal.Value,
            Variable.Action => request.Action.Value,
            Variable.Resource => request.Resource.Value,
            Variable.Context => request.Context,
        };
    }
}
