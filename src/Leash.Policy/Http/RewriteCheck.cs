using System.Collections.Immutable;
using Leash.Http.Rewriting;
using Leash.Plan;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy.Http;

/// <summary>Reports permits on rewriting that propose nothing, or what cannot be done, or what contradicts another one under the same conditions.</summary>
internal sealed class RewriteCheck(DiagnosticBag diagnostics)
{
    private readonly Dictionary<string, List<PlanStatement>> _permits = new(StringComparer.Ordinal);

    /// <summary>Looks at one policy.</summary>
    /// <param name="policy">Lowered.</param>
    /// <param name="statements">What it was compiled to.</param>
    public void Check(CedarPolicy policy, IEnumerable<PlanStatement> statements)
    {
        foreach (var statement in statements.Where(s => s.Effect == PlanEffect.Permit && s.Actions.Has(PlanAction.HttpRewrite)))
        {
            var edits = RewriteProposals.Of(statement);
            if (edits.IsEmpty && statement.Actions == PlanActionMask.HttpRewrite)
            {
                ReportNothing(policy);
            }

            ReportFixed(policy, edits);
            ReportContradictions(policy, statement, edits);
        }
    }

    private void ReportNothing(CedarPolicy policy) => diagnostics.Error(
        LeashCodes.NothingToRewrite, "the statement does not say which header gets which value",
        "write `context.header == \"NAME\" && context.value == \"VALUE\"`, or `context.header == \"NAME\" && context.operation == \"remove\"`", policy.Span,
        policy.Source);

    private void ReportFixed(CedarPolicy policy, ImmutableArray<HeaderEdit> edits)
    {
        foreach (var header in edits.Select(edit => edit.Header).Distinct(StringComparer.Ordinal).Where(header => !RewritableHeaders.Contains(header)))
        {
            diagnostics.Error(
                LeashCodes.FixedHeader, $"the header `{header}` cannot be changed", "it says where the request goes, how long it is, or what its connection is for",
                policy.Span, policy.Source);
        }
    }

    private void ReportContradictions(CedarPolicy policy, PlanStatement statement, ImmutableArray<HeaderEdit> edits)
    {
        if (edits.IsEmpty || !NeedsAllConditions(statement))
        {
            return;
        }

        var key = KeyOf(statement);
        if (!_permits.TryGetValue(key, out var others))
        {
            _permits.Add(key, others = []);
        }

        foreach (var other in others)
        {
            if (other.PolicyId != statement.PolicyId && RewriteProposals.Of(other).Any(one => edits.Any(edit => HeaderEdits.Contradict(one, edit))))
            {
                diagnostics.Error(
                    LeashCodes.ContradictingRewrites, $"the statement contradicts `{other.PolicyId}`: both change the same header of the same requests",
                    $"the other one is at {other.Origin}; statements have no order, so neither would win", policy.Span, policy.Source);
                break;
            }
        }

        others.Add(statement);
    }

    /// <summary>Whether it holds only where each of its tests on process and host does. Of others a gateway says which contradict each other.</summary>
    private static bool NeedsAllConditions(PlanStatement statement)
    {
        var conditions = Enumerable.Range(0, statement.Atoms.Length).Where(i => statement.Atoms[i].Domain != TestDomain.Http).Sum(i => 1 << i);
        return Enumerable.Range(0, statement.Table.Rows).All(row => !statement.Table[row] || (row & conditions) == conditions);
    }

    /// <summary>Conditions on process and host: who shares them with another statement changes the same requests.</summary>
    private static string KeyOf(PlanStatement statement) => string.Join(
        '&', statement.Atoms.Where(atom => atom.Domain != TestDomain.Http).Select(atom => string.Join('|', atom.Tests)).Order(StringComparer.Ordinal));
}
