namespace Leash.Bpf.Plans.Automata;

/// <summary>
/// Hopcroft's partition refinement: starts with a block for each label and splits blocks until all states of one go to the same block by
/// every column.
/// </summary>
internal sealed class Refinement
{
    private readonly Dfa _dfa;
    private readonly int[] _states;
    private readonly int[] _places;
    private readonly int[] _blocks;
    private readonly List<Block> _parts = [];
    private readonly int[] _sourceStarts;
    private readonly int[] _sources;
    private readonly Stack<(int Block, int Column)> _work = new();
    private readonly List<int> _touched = [];

    public Refinement(Dfa dfa)
    {
        _dfa = dfa;
        _states = [.. Enumerable.Range(0, dfa.StateCount)];
        _places = new int[dfa.StateCount];
        _blocks = new int[dfa.StateCount];
        _sourceStarts = new int[dfa.StateCount * dfa.ColumnCount + 1];
        _sources = new int[dfa.StateCount * dfa.ColumnCount];
        IndexSources();
        MakeBlocks();
    }

    /// <summary>The block of each state.</summary>
    public int[] Run()
    {
        List<int> sources = [];
        while (_work.TryPop(out var splitter))
        {
            sources.Clear();
            var block = _parts[splitter.Block];
            for (var i = block.First; i < block.End; i++)
            {
                var key = _states[i] * _dfa.ColumnCount + splitter.Column;
                for (var j = _sourceStarts[key]; j < _sourceStarts[key + 1]; j++)
                {
                    sources.Add(_sources[j]);
                }
            }

            Split(sources);
        }

        return _blocks;
    }

    /// <summary>The states that lead to each state by each column.</summary>
    private void IndexSources()
    {
        var columns = _dfa.ColumnCount;
        for (var i = 0; i < _dfa.Next.Length; i++)
        {
            _sourceStarts[_dfa.Next[i] * columns + i % columns + 1]++;
        }

        for (var i = 1; i < _sourceStarts.Length; i++)
        {
            _sourceStarts[i] += _sourceStarts[i - 1];
        }

        var ends = _sourceStarts.AsSpan(0, _sources.Length).ToArray();
        for (var i = 0; i < _dfa.Next.Length; i++)
        {
            _sources[ends[_dfa.Next[i] * columns + i % columns]++] = i / columns;
        }
    }

    private void MakeBlocks()
    {
        Array.Sort(_states, (a, b) => _dfa.Labels[a].CompareTo(_dfa.Labels[b]));
        for (var i = 0; i < _states.Length; i++)
        {
            if (i == 0 || _dfa.Labels[_states[i]] != _dfa.Labels[_states[i - 1]])
            {
                _parts.Add(new Block(i, i));
            }

            _parts[^1].End = i + 1;
            _blocks[_states[i]] = _parts.Count - 1;
            _places[_states[i]] = i;
        }

        for (var i = 0; i < _parts.Count; i++)
        {
            for (var column = 0; column < _dfa.ColumnCount; column++)
            {
                Push(i, column);
            }
        }
    }

    private void Push(int block, int column)
    {
        _work.Push((block, column));
    }

    private void Split(List<int> sources)
    {
        _touched.Clear();
        foreach (var state in sources)
        {
            var block = _parts[_blocks[state]];
            if (block.Marked == 0)
            {
                _touched.Add(_blocks[state]);
            }

            Swap(_places[state], block.First + block.Marked);
            block.Marked++;
        }

        foreach (var number in _touched)
        {
            Divide(number);
        }
    }

    private void Divide(int number)
    {
        var block = _parts[number];
        var marked = block.Marked;
        block.Marked = 0;
        if (marked == block.End - block.First)
        {
            return;
        }

        // The smaller half becomes the new block.
        var isFirst = marked <= block.End - block.First - marked;
        var middle = block.First + marked;
        var added = isFirst ? new Block(block.First, middle) : new Block(middle, block.End);
        if (isFirst)
        {
            block.First = middle;
        }
        else
        {
            block.End = middle;
        }

        _parts.Add(added);
        for (var i = added.First; i < added.End; i++)
        {
            _blocks[_states[i]] = _parts.Count - 1;
        }

        for (var column = 0; column < _dfa.ColumnCount; column++)
        {
            Push(_parts.Count - 1, column);
        }
    }

    private void Swap(int left, int right)
    {
        (_states[left], _states[right]) = (_states[right], _states[left]);
        _places[_states[left]] = left;
        _places[_states[right]] = right;
    }

    private sealed class Block(int first, int end)
    {
        public int First { get; set; } = first;

        public int End { get; set; } = end;

        public int Marked { get; set; }

    }
}
