using System.Runtime.InteropServices;

namespace Leash.Plan.Deciding;

/// <summary>
/// The edges of a tree of path components: (node, component) → node, as one open-addressed table of indices beside one pool of bytes.
/// A hash only finds the place to look; the component itself decides.
/// </summary>
internal sealed class ComponentTable
{
    // Plain arrays, grown by hand: generic collections of structs would be compiled anew at each start.
    private int[] _slots = new int[64];
    private Edge[] _edges = new Edge[32];
    private byte[] _pool = new byte[256];
    private int _poolLength;

    /// <summary>The number of edges, which is also the number of the next one's node.</summary>
    public int Count { get; private set; }

    /// <summary>The node that the edge leads to, added when it is new.</summary>
    public int GetOrAdd(int parent, ReadOnlySpan<byte> component)
    {
        var found = Find(parent, component);
        if (found >= 0)
        {
            return found;
        }

        if ((Count + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        var node = Count++;
        _edges[node] = new Edge { Hash = Hash(parent, component), Parent = parent, Offset = AddToPool(component), Length = component.Length };
        Insert(node);
        return node;
    }

    /// <summary>The node that the edge leads to, or -1.</summary>
    public int Find(int parent, ReadOnlySpan<byte> component)
    {
        var hash = Hash(parent, component);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var node = _slots[slot] - 1;
            if (node < 0)
            {
                return -1;
            }

            ref readonly var edge = ref _edges[node];
            if (edge.Hash == hash && edge.Parent == parent && _pool.AsSpan(edge.Offset, edge.Length).SequenceEqual(component))
            {
                return node;
            }
        }
    }

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

    private int AddToPool(ReadOnlySpan<byte> component)
    {
        var offset = _poolLength;
        if (offset + component.Length > _pool.Length)
        {
            var grown = new byte[Math.Max(_pool.Length * 2, offset + component.Length)];
            Array.Copy(_pool, grown, offset);
            _pool = grown;
        }

        component.CopyTo(_pool.AsSpan(offset));
        _poolLength += component.Length;
        return offset;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var edges = new Edge[_slots.Length / 2];
        Array.Copy(_edges, edges, Count);
        _edges = edges;
        for (var node = 0; node < Count; node++)
        {
            Insert(node);
        }
    }

    private void Insert(int node)
    {
        var mask = _slots.Length - 1;
        var slot = (int)_edges[node].Hash & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = node + 1;
    }

    private struct Edge
    {
        public uint Hash;
        public int Parent;
        public int Offset;
        public int Length;
    }
}
