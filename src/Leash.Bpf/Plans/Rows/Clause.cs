using Leash.Plan;

namespace Leash.Bpf.Plans.Rows;

/// <summary>What is permitted and forbidden while a condition holds.</summary>
/// <param name="Condition">A number of <see cref="ConditionTable"/>.</param>
/// <param name="Permit">Actions.</param>
/// <param name="Forbid">Actions, or everything with the bit of protected files.</param>
internal sealed record Clause(int Condition, uint Permit, uint Forbid)
{
    // A class: the runtime has the code of collections of references and would compile that of each structure anew at every start.
    public static Clause Of(int condition, PlanEffect effect, PlanActionMask actions) =>
        effect == PlanEffect.Permit ? new Clause(condition, (uint)actions, 0) : new Clause(condition, 0, (uint)actions);
}

/// <summary>Compares rows by their clauses.</summary>
internal sealed class ClauseComparer : IEqualityComparer<Clause[]>
{
    public static ClauseComparer Instance { get; } = new();

    public bool Equals(Clause[]? x, Clause[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(Clause[] clauses)
    {
        var hash = default(HashCode);
        foreach (var clause in clauses)
        {
            hash.Add(clause);
        }

        return hash.ToHashCode();
    }
}
