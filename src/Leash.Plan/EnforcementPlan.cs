using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Leash.Plan;

/// <summary>
/// What a policy set means to enforcers: statements over tests that they can make by themselves. Deny unless a permit is satisfied and no
/// forbid is; order means nothing. A pure value; knows nothing of Cedar.
/// </summary>
public sealed class EnforcementPlan(ImmutableArray<PlanStatement> statements)
{
    public ImmutableArray<PlanStatement> Statements { get; } = statements;

    /// <summary>The plan that denies everything.</summary>
    public static EnforcementPlan DenyAll { get; } = new([]);

    /// <summary>The plan of these statements.</summary>
    public static EnforcementPlan Of(params ReadOnlySpan<PlanStatement> statements) => new([.. statements]);

    /// <summary>A text that says everything the plan says, one statement after the other, for people and for golden tests.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var statement in Statements)
        {
            text.Append(statement.Effect == PlanEffect.Permit ? "permit " : "forbid ").Append(statement.PolicyId)
                .Append(" [").Append(statement.Layer).Append("] ").Append(DescribeActions(statement.Actions)).Append('\n');
            for (var i = 0; i < statement.Atoms.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"  t{i} = ").AppendJoin(" | ", statement.Atoms[i].Tests).Append('\n');
            }

            text.Append("  when ").Append(DescribeTable(statement.Table)).Append('\n');
        }

        return text.ToString();
    }

    private static string DescribeActions(PlanActionMask actions) =>
        actions == PlanActionMask.All ? "*" : string.Join(",", actions.Members().Select(action => action.Name()));

    private static string DescribeTable(TruthTable table)
    {
        if (table.Inputs == 0)
        {
            return table[0] ? "true" : "false";
        }

        if (table.Equals(TruthTable.All(table.Inputs)))
        {
            return string.Join(" & ", Enumerable.Range(0, table.Inputs).Select(i => $"t{i}"));
        }

        // Input 0 is the leftmost digit, so that a row reads like the list of tests above it.
        var rows = Enumerable.Range(0, table.Rows).Where(row => table[row]).Select(row =>
            string.Concat(Enumerable.Range(0, table.Inputs).Select(i => (row >> i & 1) != 0 ? '1' : '0')));
        return $"({string.Join(",", Enumerable.Range(0, table.Inputs).Select(i => $"t{i}"))}) in {{{string.Join(" ", rows)}}}";
    }
}
