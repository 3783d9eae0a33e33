using Cedar.Evaluation;
using Cedar.Evaluation.Nodes;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Authorization.Index;

/// <summary>A policy whose scope is keys and whose conditions are nodes.</summary>
/// <param name="Number">Its place in the policy set.</param>
/// <param name="Policy">What it was made from.</param>
/// <param name="Constraints">The scope, and what the conditions require before anything in them can fail. All have to hold.</param>
/// <param name="Conditions">What is left of the conditions, in order.</param>
internal sealed record IndexedPolicy(int Number, Policy Policy, KeyConstraint[] Constraints, IndexedCondition[] Conditions)
{
    /// <summary>Whether the conditions hold, when the constraints do.</summary>
    public Outcome Evaluate(in Frame frame)
    {
        foreach (var condition in Conditions)
        {
            var outcome = condition.Body.Evaluate(frame);
            if (!outcome.TryGetBool(out var holds))
            {
                return outcome.IsError ? outcome : new EvaluationError(
                    EvaluationErrorKind.TypeMismatch, $"expected bool, found {outcome.TypeName}", condition.Body.Span);
            }

            if (holds == condition.IsUnless)
            {
                return BoolValue.False;
            }
        }

        return BoolValue.True;
    }
}

/// <summary>A condition of a policy.</summary>
internal readonly record struct IndexedCondition(bool IsUnless, Node Body);
