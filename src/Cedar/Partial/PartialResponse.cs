using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;

namespace Cedar.Partial;

/// <summary>The answer to a request of which some parts are unknown.</summary>
public enum PartialDecision
{
    /// <summary>Denied, whatever the unknowns are.</summary>
    Deny,

    /// <summary>Allowed, whatever the unknowns are.</summary>
    Allow,

    /// <summary>Not decided by what is known.</summary>
    Undetermined,
}

/// <summary>What is known about one policy.</summary>
public enum PolicyOutcome
{
    /// <summary>It is not satisfied, whatever the unknowns are.</summary>
    NotSatisfied,

    /// <summary>It is satisfied, whatever the unknowns are.</summary>
    Satisfied,

    /// <summary>It has an error, whatever the unknowns are, and is skipped.</summary>
    Failed,

    /// <summary>It depends on the unknowns.</summary>
    Residual,
}

/// <summary>What one policy comes to with what is known.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Outcome">What is known about it.</param>
/// <param name="Error">Why it has no value; there exactly when it <see cref="PolicyOutcome.Failed"/>.</param>
/// <param name="Residual">What its scope and conditions come down to; there exactly when it is <see cref="PolicyOutcome.Residual"/>.</param>
public sealed record PartialPolicyResult(Policy Policy, PolicyOutcome Outcome, EvaluationError? Error = null, Expr? Residual = null)
{
    /// <summary>
    /// The policy with what is known put in: it applies to everything, under the condition that is left. Same id, effect and annotations; the
    /// policy as it is when it has failed. Never linked to a template.
    /// </summary>
    public Policy ToResidualPolicy()
    {
        if (Outcome == PolicyOutcome.Failed)
        {
            return Policy with { Link = null };
        }

        var condition = Outcome switch
        {
            PolicyOutcome.Residual => Residual!,
            PolicyOutcome.NotSatisfied => new Expr.Literal(false, Policy.Span),
            PolicyOutcome.Satisfied or PolicyOutcome.Failed => null,
        };
        return Policy with
        {
            Principal = Any(Policy.Principal),
            Action = Any(Policy.Action),
            Resource = Any(Policy.Resource),
            Conditions = condition is null ? [] : [new Condition(false, condition, condition.Span)],
            Link = null,
        };
    }

    private static ScopeConstraint Any(ScopeConstraint constraint) => new(ScopeKind.All, [], null, false, constraint.Span);
}

/// <summary>The answer, and what every policy comes to.</summary>
/// <param name="Decision">What is certain.</param>
/// <param name="Policies">All policies of the set, in its order; templates are none.</param>
/// <param name="MustDetermine">Ids of the policies that are among the reasons of the decision whatever the unknowns are.</param>
/// <param name="MayDetermine">Ids of the policies that can be among the reasons, those that must included.</param>
public sealed record PartialResponse(
    PartialDecision Decision,
    ImmutableArray<PartialPolicyResult> Policies,
    ImmutableArray<string> MustDetermine,
    ImmutableArray<string> MayDetermine)
{
    /// <summary>
    /// The policies that are left, with what is known put in. For every request and every entities that agree with what is known, authorizing
    /// with this set gives the same decision, reasons and policies with errors as authorizing with the whole one.
    /// </summary>
    public PolicySet ToResidualPolicySet() =>
        new(Policies.Where(result => result.Outcome != PolicyOutcome.NotSatisfied).Select(result => result.ToResidualPolicy()));
}
