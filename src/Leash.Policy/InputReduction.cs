using System.Collections.Immutable;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>Drops the inputs that a table does not depend on.</summary>
internal static class InputReduction
{
    public static (ImmutableArray<PlanAtom> Atoms, TruthTable Table) Reduce(IReadOnlyList<PlanAtom> atoms, TruthTable table)
    {
        List<int> kept = [];
        for (var i = 0; i < atoms.Count; i++)
        {
            if (DependsOn(table, i))
            {
                kept.Add(i);
            }
        }

        if (kept.Count == atoms.Count)
        {
            return ([.. atoms], table);
        }

        var reduced = TruthTable.Create(kept.Count, row =>
        {
            var original = 0;
            for (var i = 0; i < kept.Count; i++)
            {
                original |= (row >> i & 1) << kept[i];
            }

            return table[original];
        });
        var keptAtoms = ImmutableArray.CreateBuilder<PlanAtom>(kept.Count);
        foreach (var i in kept)
        {
            keptAtoms.Add(atoms[i]);
        }

        return (keptAtoms.MoveToImmutable(), reduced);
    }

    private static bool DependsOn(TruthTable table, int input)
    {
        for (var row = 0; row < table.Rows; row++)
        {
            if ((row >> input & 1) == 0 && table[row] != table[row | 1 << input])
            {
                return true;
            }
        }

        return false;
    }
}
