using System.Numerics;
using Leash.Bpf.Abi;

namespace Leash.Bpf.Plans.Automata;

/// <summary>Writes automata as the kernel reads them.</summary>
internal static class DfaWriter
{
    /// <summary>Whether the transitions are no larger than <see cref="KernelLimits.DfaBytes"/>.</summary>
    public static bool Fits(Dfa dfa) => (long)dfa.StateCount << (ColumnBits(dfa) + 2) <= KernelLimits.DfaBytes;

    /// <summary>Places an automaton.</summary>
    /// <param name="dfa">Its labels are numbers of the compiler.</param>
    /// <param name="pages">Where to.</param>
    /// <param name="label">The kernel's number for a label.</param>
    public static LeashDfa Write(Dfa dfa, PageWriter pages, Func<int, int> label)
    {
        var bits = ColumnBits(dfa);
        var written = new LeashDfa { ColumnBits = (uint)bits, StateCount = (uint)dfa.StateCount, Start = Transition(dfa, 0, bits) };
        var rows = new uint[dfa.StateCount << bits];
        for (var state = 0; state < dfa.StateCount; state++)
        {
            for (var column = 0; column < dfa.ColumnCount; column++)
            {
                rows[(state << bits) + column] = Transition(dfa, dfa.Next[state * dfa.ColumnCount + column], bits);
            }
        }

        written.Transitions = pages.Add<uint>(rows, PlanAbi.PageSize);
        written.Columns = pages.ReserveWithinPage(dfa.Columns.Length, sizeof(ulong));
        dfa.Columns.CopyTo(pages.At(written.Columns, dfa.Columns.Length));
        written.Labels = pages.Add<uint>(dfa.Labels.Select(number => (uint)label(number)).ToArray(), sizeof(ulong));
        return written;
    }

    private static int ColumnBits(Dfa dfa) => dfa.ColumnCount == 1 ? 0 : BitOperations.Log2((uint)dfa.ColumnCount - 1) + 1;

    private static uint Transition(Dfa dfa, int state, int bits)
    {
        var row = dfa.Next.AsSpan(state * dfa.ColumnCount, dfa.ColumnCount);
        return (uint)state << (bits + 2) | (row.ContainsAnyExcept(state) ? 0u : 1u);
    }
}
