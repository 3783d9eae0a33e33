namespace Leash.Bpf.Plans.Automata;

/// <summary>Two automata as one, whose labels are made of theirs.</summary>
internal static class DfaProduct
{
    /// <summary>The smallest automaton that labels each text with what <paramref name="combine"/> makes of both labels.</summary>
    /// <returns>Null when more states than <paramref name="maxStates"/> can be reached.</returns>
    public static Dfa? Of(Dfa left, Dfa right, Func<int, int, int> combine, int maxStates)
    {
        var (columns, pairs) = JoinColumns(left, right);
        Dictionary<ulong, int> numbers = new() { [0] = 0 };
        List<(int Left, int Right)> states = [(0, 0)];
        List<int> next = [];
        for (var state = 0; state < states.Count; state++)
        {
            if (states.Count > maxStates)
            {
                return null;
            }

            foreach (var (leftColumn, rightColumn) in pairs)
            {
                var to = (Left: left.Next[states[state].Left * left.ColumnCount + leftColumn],
                    Right: right.Next[states[state].Right * right.ColumnCount + rightColumn]);
                var key = (ulong)to.Left << 32 | (uint)to.Right;
                if (!numbers.TryGetValue(key, out var number))
                {
                    number = states.Count;
                    numbers.Add(key, number);
                    states.Add(to);
                }

                next.Add(number);
            }
        }

        var labels = states.Select(pair => combine(left.Labels[pair.Left], right.Labels[pair.Right]));
        return DfaMinimizer.Minimize(new Dfa(columns, pairs.Count, [.. next], [.. labels]));
    }

    private static (byte[] Columns, List<(int Left, int Right)> Pairs) JoinColumns(Dfa left, Dfa right)
    {
        var columns = new byte[256];
        List<(int Left, int Right)> pairs = [];
        for (var i = 0; i < 256; i++)
        {
            var pair = (Left: (int)left.Columns[i], Right: (int)right.Columns[i]);
            var known = pairs.IndexOf(pair);
            if (known < 0)
            {
                known = pairs.Count;
                pairs.Add(pair);
            }

            columns[i] = (byte)known;
        }

        return (columns, pairs);
    }
}
