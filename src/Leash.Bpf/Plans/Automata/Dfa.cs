namespace Leash.Bpf.Plans.Automata;

/// <summary>A deterministic automaton over bytes with a label for each state; state 0 is the first.</summary>
/// <param name="Columns">The column of each of the 256 bytes.</param>
/// <param name="ColumnCount">How many columns there are.</param>
/// <param name="Next">The state after <c>state * ColumnCount + column</c>.</param>
/// <param name="Labels">The label of each state; 0 says nothing.</param>
internal sealed record Dfa(byte[] Columns, int ColumnCount, int[] Next, int[] Labels)
{
    public int StateCount => Labels.Length;

    /// <summary>The label of a text.</summary>
    public int Match(ReadOnlySpan<byte> text)
    {
        var state = 0;
        foreach (var value in text)
        {
            state = Next[state * ColumnCount + Columns[value]];
        }

        return Labels[state];
    }

    /// <summary>The same automaton with other labels, as small as can be.</summary>
    public Dfa Relabel(Func<int, int> label) => DfaMinimizer.Minimize(this with { Labels = [.. Labels.Select(label)] });
}
