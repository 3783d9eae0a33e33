using Cedar.Evaluation.Nodes;
using Cedar.Syntax;

namespace Cedar.Evaluation;

/// <summary>
/// An expression prepared to be evaluated many times: constant parts are computed, names and patterns looked up. It means the same as the
/// expression it was made from. Immutable; safe to use from several threads.
/// </summary>
public sealed class CompiledExpression
{
    private CompiledExpression(Node node)
    {
        Node = node;
    }

    internal Node Node { get; }

    /// <summary>Prepares an expression. One that is nested too deeply evaluates to an error of kind <see cref="EvaluationErrorKind.TooDeep"/>.</summary>
    public static CompiledExpression Compile(Expr expression) => new(NodeCompiler.Compile(expression));
}
