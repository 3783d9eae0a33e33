using System.Collections.Immutable;
using Cedar.Evaluation;

namespace Cedar.Authorization;

/// <summary>The answer to a request.</summary>
public enum Decision
{
    /// <summary>No; also when no policy applies.</summary>
    Deny,

    /// <summary>Yes: a permit is satisfied and no forbid is.</summary>
    Allow,
}

/// <summary>A policy that was skipped because its condition has no value.</summary>
/// <param name="PolicyId">Which policy.</param>
/// <param name="Error">Why, and where in its text.</param>
public sealed record PolicyError(string PolicyId, EvaluationError Error);

/// <summary>The answer, and why.</summary>
/// <param name="Decision">Allowed only when a permit and no forbid is satisfied.</param>
/// <param name="Determining">
/// Ids, in order of the set, of the satisfied forbids or, without any, of the satisfied permits; empty when no policy applies.
/// </param>
/// <param name="Errors">The policies that were skipped, in order of the set.</param>
public sealed record Response(Decision Decision, ImmutableArray<string> Determining, ImmutableArray<PolicyError> Errors);
