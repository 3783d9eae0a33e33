using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Syntax;

namespace Cedar.Authorization.Index;

/// <summary>The policies that are satisfied or have no value, in any order and perhaps repeated.</summary>
internal sealed class PolicyFindings
{
    private List<IndexedPolicy>? _permits;
    private List<IndexedPolicy>? _forbids;
    private List<(IndexedPolicy Policy, EvaluationError Error)>? _errors;

    public void Add(IndexedPolicy policy, Outcome outcome)
    {
        if (outcome.ToResult().Error is { } error)
        {
            // FAIL-CLOSED: a skipped permit grants nothing; a skipped forbid is Cedar's rule, and the caller sees it here.
            (_errors ??= []).Add((policy, error));
        }
        else if (outcome.TryGetBool(out var holds) && holds)
        {
            (policy.Policy.Effect == Effect.Permit ? _permits ??= [] : _forbids ??= []).Add(policy);
        }
    }

    public Response ToResponse() => new(
        _permits is not null && _forbids is null ? Decision.Allow : Decision.Deny, InOrder(_forbids ?? _permits), InOrder(_errors));

    private static ImmutableArray<string> InOrder(List<IndexedPolicy>? policies)
    {
        if (policies is null)
        {
            return [];
        }

        policies.Sort((a, b) => a.Number.CompareTo(b.Number));
        var ids = ImmutableArray.CreateBuilder<string>(policies.Count);
        for (var i = 0; i < policies.Count; i++)
        {
            if (i == 0 || policies[i].Number != policies[i - 1].Number)
            {
                ids.Add(policies[i].Policy.Id);
            }
        }

        return ids.DrainToImmutable();
    }

    private static ImmutableArray<PolicyError> InOrder(List<(IndexedPolicy Policy, EvaluationError Error)>? errors)
    {
        if (errors is null)
        {
            return [];
        }

        errors.Sort((a, b) => a.Policy.Number.CompareTo(b.Policy.Number));
        var distinct = ImmutableArray.CreateBuilder<PolicyError>(errors.Count);
        for (var i = 0; i < errors.Count; i++)
        {
            if (i == 0 || errors[i].Policy.Number != errors[i - 1].Policy.Number)
            {
                distinct.Add(new PolicyError(errors[i].Policy.Policy.Id, errors[i].Error));
            }
        }

        return distinct.DrainToImmutable();
    }
}
