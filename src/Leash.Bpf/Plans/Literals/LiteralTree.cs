using System.Text;

namespace Leash.Bpf.Plans.Literals;

/// <summary>The tree of the components of literal paths, of names of abstract sockets and of last components. Nodes are numbered as they come.</summary>
internal sealed class LiteralTree
{
    public const int Root = 0;
    public const int Abstract = 1;
    public const int Name = 2;

    /// <summary>The first node that is no root.</summary>
    public const int First = 3;

    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _texts = [];
    private readonly Dictionary<ulong, int> _children = [];
    private readonly List<(int Parent, int Name)> _nodes = [(-1, -1), (-1, -1), (-1, -1)];

    public LiteralTree() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _nodes.Count;

    public int NameCount => _texts.Count;

    public int ParentOf(int node) => _nodes[node].Parent;

    /// <summary>The number of the name of a node.</summary>
    public int NameOf(int node) => _nodes[node].Name;

    public byte[] TextOf(int name) => Encoding.UTF8.GetBytes(_texts[name]);

    /// <summary>The node of a path that files or abstract sockets can have.</summary>
    public int AddPath(string path)
    {
        if (path[0] == '@')
        {
            return Add(Abstract, path);
        }

        var node = Root;
        foreach (var range in path.AsSpan(1).Split('/'))
        {
            if (path.Length > 1)
            {
                node = Add(node, path.AsSpan(1)[range]);
            }
        }

        return node;
    }

    /// <summary>The node of a last component.</summary>
    public int AddName(string name) => Add(Name, name);

    private int Add(int parent, ReadOnlySpan<char> text)
    {
        if (!_lookup.TryGetValue(text, out var name))
        {
            name = _texts.Count;
            _texts.Add(text.ToString());
            _names.Add(_texts[name], name);
        }

        var key = (ulong)parent << 32 | (uint)name;
        if (!_children.TryGetValue(key, out var node))
        {
            node = _nodes.Count;
            _nodes.Add((parent, name));
            _children.Add(key, node);
        }

        return node;
    }
}
