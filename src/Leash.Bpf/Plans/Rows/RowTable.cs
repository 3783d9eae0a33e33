using Leash.Plan;

namespace Leash.Bpf.Plans.Rows;

/// <summary>
/// Rows while a plan is compiled: sets of clauses, each set once. What is permitted or forbidden in any case is left out of the other clauses, so
/// that rows which mean the same are mostly the same number.
/// </summary>
internal sealed class RowTable
{
    /// <summary>The row that says nothing.</summary>
    public const int Empty = 0;

    private readonly List<Clause[]> _rows = [[]];
    private readonly Dictionary<Clause[], int> _numbers = new(ClauseComparer.Instance) { [[]] = Empty };
    private readonly Dictionary<ulong, int> _unions = [];

    public ConditionTable Conditions { get; } = new();

    public int Count => _rows.Count;

    public ReadOnlySpan<Clause> this[int row] => _rows[row];

    /// <summary>The row of one's own files: everything is forbidden, whatever the mode.</summary>
    public int Protected => Intern([new Clause(ConditionTable.Always, 0, uint.MaxValue)]);

    /// <summary>What a statement says when these of its inputs on the resource hold.</summary>
    public int Of(PlanStatement statement, PlanActionMask actions, int trueInputs)
    {
        actions &= statement.Actions;
        var plain = RowOf(statement, actions & ~PlanActionMask.ProcessExec, trueInputs, hasArguments: false);
        var exec = RowOf(statement, actions & PlanActionMask.ProcessExec, trueInputs, hasArguments: true);
        return Union(plain, exec);
    }

    /// <summary>The row that says what both say.</summary>
    public int Union(int left, int right)
    {
        if (left == right || right == Empty)
        {
            return left;
        }

        if (left == Empty)
        {
            return right;
        }

        var key = (ulong)Math.Min(left, right) << 32 | (uint)Math.Max(left, right);
        if (!_unions.TryGetValue(key, out var union))
        {
            union = Intern(Merge(_rows[left], _rows[right]));
            _unions.Add(key, union);
        }

        return union;
    }

    private int RowOf(PlanStatement statement, PlanActionMask actions, int trueInputs, bool hasArguments)
    {
        if (actions == PlanActionMask.None || Conditions.Of(statement, trueInputs, hasArguments) is not (>= 0 and var condition))
        {
            return Empty;
        }

        return Intern([Clause.Of(condition, statement.Effect, actions)]);
    }

    private int Intern(Clause[] clauses)
    {
        if (!_numbers.TryGetValue(clauses, out var row))
        {
            row = _rows.Count;
            _rows.Add(clauses);
            _numbers.Add(clauses, row);
        }

        return row;
    }

    private static Clause[] Merge(Clause[] left, Clause[] right)
    {
        SortedDictionary<int, Clause> merged = [];
        foreach (var clause in left.Concat(right))
        {
            merged[clause.Condition] = merged.TryGetValue(clause.Condition, out var known)
                ? new Clause(clause.Condition, clause.Permit | known.Permit, clause.Forbid | known.Forbid)
                : clause;
        }

        var always = merged.GetValueOrDefault(ConditionTable.Always) ?? new Clause(ConditionTable.Always, 0, 0);
        return [.. merged.Values
            .Select(clause => clause.Condition == ConditionTable.Always
                ? clause with { Permit = clause.Permit & ~clause.Forbid }
                : new Clause(clause.Condition, clause.Permit & ~always.Permit & ~always.Forbid, clause.Forbid & ~always.Forbid))
            .Where(clause => (clause.Permit | clause.Forbid) != 0)];
    }
}
