using Cedar.Evaluation.Nodes;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// Evaluates expressions as the Cedar specification defines them ("Semantics of expressions"). Errors of the language are results; nothing is
/// thrown. An instance holds one request and may be used from several threads.
/// </summary>
/// <remarks>An expression that is evaluated more than once is better held as a <see cref="CompiledExpression"/>.</remarks>
public sealed class Evaluator
{
    private readonly Frame _frame;

    /// <summary>An evaluator for one request.</summary>
    public Evaluator(Request request, IEntityStore entities)
    {
        _frame = new Frame(request, entities);
    }

    /// <summary>
    /// The value of an expression that names no variable and reads no entity; naming one is an error of kind
    /// <see cref="EvaluationErrorKind.Unbound"/>.
    /// </summary>
    public static EvaluationResult EvaluateClosed(Expr expression) => Evaluate(expression, Frame.Closed);

    /// <summary>The value of an expression for a request.</summary>
    public static EvaluationResult Evaluate(Expr expression, Request request, IEntityStore entities) =>
        Evaluate(expression, new Frame(request, entities));

    /// <summary>The value of an expression for this evaluator's request.</summary>
    public EvaluationResult Evaluate(Expr expression) => Evaluate(expression, _frame);

    /// <summary>The value of an expression for this evaluator's request.</summary>
    public EvaluationResult Evaluate(CompiledExpression expression) => expression.Node.Evaluate(_frame).ToResult();

    /// <summary>Whether an entity is another one or a descendant of it.</summary>
    internal bool IsIn(EntityUid child, EntityUid ancestor) => _frame.IsIn(child, ancestor);

    private static EvaluationResult Evaluate(Expr expression, in Frame frame) => expression is Expr.Literal { Value: var value }
        ? value
        : NodeCompiler.Compile(expression).Evaluate(frame).ToResult();
}
