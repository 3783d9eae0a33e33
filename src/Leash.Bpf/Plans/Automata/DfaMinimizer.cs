namespace Leash.Bpf.Plans.Automata;

/// <summary>
/// The smallest automaton that says the same: Hopcroft's refinement, states numbered in the order in which texts reach them, so that
/// those of short texts lie together.
/// </summary>
internal static class DfaMinimizer
{
    public static Dfa Minimize(Dfa dfa)
    {
        var blocks = new Refinement(dfa).Run();
        return MergeColumns(Rebuild(dfa, blocks));
    }

    /// <summary>One state for each block, numbered breadth first.</summary>
    private static Dfa Rebuild(Dfa dfa, int[] blocks)
    {
        var numbers = new Dictionary<int, int> { [blocks[0]] = 0 };
        List<int> representatives = [0];
        List<int> next = [];
        for (var state = 0; state < representatives.Count; state++)
        {
            var from = representatives[state] * dfa.ColumnCount;
            for (var column = 0; column < dfa.ColumnCount; column++)
            {
                var target = dfa.Next[from + column];
                if (!numbers.TryGetValue(blocks[target], out var number))
                {
                    number = representatives.Count;
                    numbers.Add(blocks[target], number);
                    representatives.Add(target);
                }

                next.Add(number);
            }
        }

        return new Dfa(dfa.Columns, dfa.ColumnCount, [.. next], [.. representatives.Select(state => dfa.Labels[state])]);
    }

    /// <summary>Columns in which no state differs become one.</summary>
    private static Dfa MergeColumns(Dfa dfa)
    {
        Dictionary<int[], int> kept = new(IntArrayComparer.Instance);
        var numbers = new byte[dfa.ColumnCount];
        for (var column = 0; column < dfa.ColumnCount; column++)
        {
            var content = new int[dfa.StateCount];
            for (var state = 0; state < content.Length; state++)
            {
                content[state] = dfa.Next[state * dfa.ColumnCount + column];
            }

            kept.TryAdd(content, kept.Count);
            numbers[column] = (byte)kept[content];
        }

        var next = new int[dfa.StateCount * kept.Count];
        foreach (var (content, column) in kept)
        {
            for (var state = 0; state < content.Length; state++)
            {
                next[state * kept.Count + column] = content[state];
            }
        }

        return new Dfa([.. dfa.Columns.Select(column => numbers[column])], kept.Count, next, dfa.Labels);
    }
}
