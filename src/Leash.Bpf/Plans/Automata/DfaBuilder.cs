namespace Leash.Bpf.Plans.Automata;

/// <summary>Makes a patterns' automaton deterministic: its states are the sets of nodes that can be reached.</summary>
internal static class DfaBuilder
{
    /// <summary>The smallest automaton that gives the label to every path that one of the patterns matches, 0 to others.</summary>
    /// <returns>Null when it has too many states.</returns>
    public static Dfa? Build(IEnumerable<PathPattern> patterns, int label, int maxStates = KernelLimits.DfaStates)
    {
        var nfa = new Nfa();
        foreach (var pattern in patterns)
        {
            nfa.Add(pattern);
        }

        nfa.Freeze();
        return new Construction(nfa, label, maxStates).Run();
    }

    private sealed class Construction
    {
        /// <summary>Stands for every set after which nothing matters.</summary>
        private static readonly int[] s_forGood = [int.MaxValue];

        private readonly Nfa _nfa;
        private readonly int _label;
        private readonly int _maxStates;
        private readonly NodeSet _scratch;
        private readonly byte[] _columns = new byte[256];
        private readonly List<byte> _representatives = [];
        private readonly Dictionary<int[], int> _numbers = new(IntArrayComparer.Instance);
        private readonly List<int[]> _sets = [];
        private readonly List<int> _next = [];
        private readonly List<int> _labels = [];

        public Construction(Nfa nfa, int label, int maxStates)
        {
            _nfa = nfa;
            _label = label;
            _maxStates = maxStates;
            _scratch = new NodeSet(nfa.Count);
            FindColumns();
        }

        public Dfa? Run()
        {
            Number(_nfa.Start());
            for (var state = 0; state < _sets.Count; state++)
            {
                if (_sets.Count > _maxStates)
                {
                    return null;
                }

                var set = _sets[state];
                foreach (var value in _representatives)
                {
                    _next.Add(ReferenceEquals(set, s_forGood) ? state : Number(_nfa.Step(set, value, _scratch)));
                }
            }

            return DfaMinimizer.Minimize(new Dfa(_columns, _representatives.Count, [.. _next], [.. _labels]));
        }

        /// <summary>A column for each byte that some pattern names, and one for all others.</summary>
        private void FindColumns()
        {
            var others = -1;
            for (var i = 0; i < 256; i++)
            {
                if (_nfa.Used[i] || i == '/' || others < 0)
                {
                    others = _nfa.Used[i] || i == '/' ? others : _representatives.Count;
                    _columns[i] = (byte)_representatives.Count;
                    _representatives.Add((byte)i);
                }
                else
                {
                    _columns[i] = (byte)others;
                }
            }
        }

        private int Number(int[] set)
        {
            var isForGood = _nfa.AcceptsForGood(set);
            set = isForGood ? s_forGood : set;
            if (!_numbers.TryGetValue(set, out var number))
            {
                number = _sets.Count;
                _numbers.Add(set, number);
                _sets.Add(set);
                _labels.Add(isForGood || _nfa.Accepts(set) ? _label : 0);
            }

            return number;
        }
    }
}
