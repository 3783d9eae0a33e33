using System.Runtime.InteropServices;

namespace Leash.Plan.Deciding;

/// <summary>
/// The edges of a tree of path components: (node, component) → node, as one open-addressed table of indices beside one pool of bytes.
/// A hash only finds the place to look; the component itself decides.
/// </summary>
internal sealed class ComponentTable
{
    private readonly List<byte> _pool = [];
    private readonly List<Edge> _edges = [];
    private int[] _slots = new int[16];
    private byte[] _frozenPool = [];
    private Edge[] _frozenEdges = [];

    /// <summary>The number of edges, which is also the number of the next one's node.</summary>
    public int Count => _edges.Count;

    /// <summary>The node that the edge leads to, added when it is new.</summary>
    public int GetOrAdd(int parent, ReadOnlySpan<byte> component)
    {
        var hash = Hash(parent, component);
        var found = Find(parent, component, hash, CollectionsMarshal.AsSpan(_edges), CollectionsMarshal.AsSpan(_pool));
        if (found >= 0)
        {
            return found;
        }

        if ((_edges.Count + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        var node = _edges.Count;
        _edges.Add(new Edge(hash, parent, _pool.Count, component.Length));
        _pool.AddRange(component);
        Insert(node, hash);
        return node;
    }

    /// <summary>Ends building.</summary>
    public void Freeze()
    {
        _frozenEdges = [.. _edges];
        _frozenPool = [.. _pool];
        _edges.TrimExcess();
        _pool.Clear();
        _pool.TrimExcess();
    }

    /// <summary>The node that the edge leads to, or -1; after <see cref="Freeze"/>.</summary>
    public int Find(int parent, ReadOnlySpan<byte> component) =>
        Find(parent, component, Hash(parent, component), _frozenEdges, _frozenPool);

    private static uint Hash(int parent, ReadOnlySpan<byte> component)
    {
        var hash = (ulong)(uint)parent * 0x9e3779b97f4a7c15 ^ (ulong)component.Length;
        while (component.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(component)) * 0xff51afd7ed558ccd;
            hash ^= hash >> 32;
            component = component[8..];
        }

        ulong tail = 0;
        foreach (var b in component)
        {
            tail = tail << 8 | b;
        }

        hash = (hash ^ tail) * 0xc4ceb9fe1a85ec53;
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    private int Find(int parent, ReadOnlySpan<byte> component, uint hash, ReadOnlySpan<Edge> edges, ReadOnlySpan<byte> pool)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var node = _slots[slot] - 1;
            if (node < 0)
            {
                return -1;
            }

            ref readonly var edge = ref edges[node];
            if (edge.Hash == hash && edge.Parent == parent && pool.Slice(edge.Offset, edge.Length).SequenceEqual(component))
            {
                return node;
            }
        }
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var node = 0; node < _edges.Count; node++)
        {
            Insert(node, _edges[node].Hash);
        }
    }

    private void Insert(int node, uint hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = node + 1;
    }

    private readonly record struct Edge(uint Hash, int Parent, int Offset, int Length);
}
