using Leash.Plan;

namespace Leash.Cli.Summaries;

/// <summary>What people want to know of a policy that denied something.</summary>
/// <param name="Origin"><c>file:line</c>, or empty.</param>
/// <param name="Reason">Its <c>@reason</c>, or null.</param>
internal sealed record PolicyNote(string Origin, string? Reason)
{
    /// <summary>The notes of a plan's policies by id.</summary>
    public static Dictionary<string, PolicyNote> Of(EnforcementPlan plan)
    {
        var notes = new Dictionary<string, PolicyNote>(StringComparer.Ordinal);
        foreach (var statement in plan.Statements)
        {
            notes.TryAdd(statement.PolicyId, new PolicyNote(statement.Origin, statement.Reason));
        }

        return notes;
    }
}
