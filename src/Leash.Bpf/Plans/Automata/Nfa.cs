using System.Text;
using Leash.Plan;

namespace Leash.Bpf.Plans.Automata;

/// <summary>
/// A nondeterministic automaton that accepts the paths which match one of many patterns. Patterns share what they begin with: literals are a
/// trie, and each node has at most one star.
/// </summary>
internal sealed class Nfa
{
    private const int None = -1;

    private readonly List<Node> _nodes = [];
    private readonly int _whole;
    private int _name = None;
    private int _abstractName;
    private int _start = None;

    public Nfa() => _whole = Add(Loop.None);

    /// <summary>What a node does with a byte that no edge is for.</summary>
    private enum Loop : byte
    {
        None,
        Any,
        NoSlash,
    }

    public int Count => _nodes.Count;

    /// <summary>The bytes that some edge is for.</summary>
    public bool[] Used { get; } = new bool[256];

    public void Add(PathPattern pattern)
    {
        switch (pattern.Kind)
        {
            case PatternKind.Name:
                AddName(pattern.Pattern);
                break;
            case PatternKind.Under:
                var end = AddParts(_whole, pattern.Pattern, Loop.Any);
                _nodes[end].Accepts = true;
                _nodes[StarOf(Follow(end, (byte)'/'), Loop.Any)].Accepts = true;
                break;
            case PatternKind.Suffix:
                AddSuffix(pattern.Pattern.Suffix);
                break;
            default:
                _nodes[AddParts(_whole, pattern.Pattern, Loop.Any)].Accepts = true;
                break;
        }
    }

    /// <summary>The nodes before the first byte, sorted.</summary>
    public int[] Start()
    {
        var set = new NodeSet(_nodes.Count);
        Enter(_whole, set);
        if (_start != None)
        {
            Enter(_start, set);
        }

        return set.ToSorted();
    }

    /// <summary>Whether a path that ends here is accepted.</summary>
    public bool Accepts(int[] set) => set.Any(node => _nodes[node].Accepts);

    /// <summary>Whether every path that goes on from here is accepted.</summary>
    public bool AcceptsForGood(int[] set) => set.Any(node => _nodes[node] is { Accepts: true, Loop: Loop.Any });

    /// <summary>The nodes after a byte, sorted. What can only lead to a star that is reached already is left out.</summary>
    public int[] Step(int[] set, byte value, NodeSet scratch)
    {
        scratch.Clear();
        foreach (var number in set)
        {
            var node = _nodes[number];
            if (node.Loop == Loop.Any || (node.Loop == Loop.NoSlash && value != (byte)'/'))
            {
                scratch.Add(number);
            }

            foreach (var (label, target) in node.Edges)
            {
                if (label == value)
                {
                    Enter(target, scratch);
                }
            }
        }

        scratch.RemoveWhere(number => _nodes[number].OnlyStar is not None and var star && scratch.Has(star));
        return scratch.ToSorted();
    }

    /// <summary>Ends adding: finds the nodes from which everything leads to one star.</summary>
    public void Freeze()
    {
        // Targets of a trie have higher numbers than their sources, but for the name's loop, which is no candidate.
        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            var node = _nodes[i];
            if (node.Accepts || node.Loop != Loop.None)
            {
                continue;
            }

            var stars = node.Edges.Select(edge => _nodes[edge.Target].OnlyStar).ToHashSet();
            if (node.Star != None)
            {
                stars.Add(_nodes[node.Star].Loop == Loop.Any ? node.Star : None);
            }

            node.OnlyStar = stars.Count == 1 ? stars.First() : None;
        }
    }

    /// <summary>Its bytes from the last to the first, and then anything.</summary>
    private void AddSuffix(ReadOnlySpan<byte> suffix)
    {
        var node = _whole;
        for (var i = suffix.Length - 1; i >= 0; i--)
        {
            node = Follow(node, suffix[i]);
        }

        _nodes[StarOf(node, Loop.Any)].Accepts = true;
    }

    private void AddName(PlanPattern pattern)
    {
        if (_name == None)
        {
            _start = Add(Loop.None);
            var anywhere = Add(Loop.Any);
            _name = Add(Loop.None);
            _abstractName = Add(Loop.None);
            Connect(_start, (byte)'/', anywhere);
            Connect(_start, (byte)'/', _name);
            Connect(anywhere, (byte)'/', _name);
            Connect(_start, (byte)'@', _abstractName);
        }

        if (!pattern.Parts.Any(part => part is not null && part.Contains('/')))
        {
            _nodes[AddParts(_name, pattern, Loop.NoSlash)].Accepts = true;
        }

        AddAbstractName(pattern);
        if (pattern.Matches("/"u8))
        {
            // The name of the root is a slash.
            _nodes[Follow(_whole, (byte)'/')].Accepts = true;
        }
    }

    /// <summary>The name of an abstract socket is all of it, slashes too: what is left of the pattern behind the at sign.</summary>
    private void AddAbstractName(PlanPattern pattern)
    {
        switch (pattern.Parts)
        {
            case [{ } first, .. var rest] when first[0] == '@':
                _nodes[AddParts(_abstractName, new PlanPattern([first[1..], .. rest]), Loop.Any)].Accepts = true;
                break;
            case [null, .. var rest]:
                _nodes[AddParts(_abstractName, pattern, Loop.Any)].Accepts = true;
                if (rest is [{ } literal, .. var behind] && literal[0] == '@')
                {
                    // The star takes nothing and the literal begins with the at sign.
                    _nodes[AddParts(_abstractName, new PlanPattern([literal[1..], .. behind]), Loop.Any)].Accepts = true;
                }

                break;
            default:
                break;
        }
    }

    private int AddParts(int node, PlanPattern pattern, Loop star)
    {
        foreach (var part in pattern.Parts)
        {
            if (part is null)
            {
                node = StarOf(node, star);
                continue;
            }

            foreach (var value in Encoding.UTF8.GetBytes(part))
            {
                node = Follow(node, value);
            }
        }

        return node;
    }

    private int StarOf(int node, Loop star)
    {
        if (_nodes[node].Star == None)
        {
            _nodes[node].Star = Add(star);
        }

        return _nodes[node].Star;
    }

    private int Follow(int node, byte value)
    {
        foreach (var (label, target) in _nodes[node].Edges)
        {
            if (label == value)
            {
                return target;
            }
        }

        var added = Add(Loop.None);
        Connect(node, value, added);
        return added;
    }

    private void Connect(int from, byte value, int to)
    {
        _nodes[from].Edges.Add((value, to));
        Used[value] = true;
    }

    private int Add(Loop loop)
    {
        _nodes.Add(new Node(loop));
        return _nodes.Count - 1;
    }

    private void Enter(int node, NodeSet set)
    {
        for (; node != None; node = _nodes[node].Star)
        {
            set.Add(node);
        }
    }

    private sealed class Node(Loop loop)
    {
        public Loop Loop { get; } = loop;

        public bool Accepts { get; set; }

        public int Star { get; set; } = None;

        /// <summary>The star that everything from here leads to, or none.</summary>
        public int OnlyStar { get; set; } = None;

        public List<(byte Value, int Target)> Edges { get; } = [];
    }
}
