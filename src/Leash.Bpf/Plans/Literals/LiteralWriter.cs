using System.Numerics;
using System.Runtime.CompilerServices;
using Leash.Bpf.Abi;

namespace Leash.Bpf.Plans.Literals;

/// <summary>Writes a tree of literals as the hash table that the kernel reads.</summary>
internal static class LiteralWriter
{
    /// <summary>Places the table and the names.</summary>
    /// <param name="tree">The literals.</param>
    /// <param name="exact">The label of the path that ends in a node.</param>
    /// <param name="under">The label of paths below a node that meet no deeper one.</param>
    /// <param name="pages">Where to.</param>
    /// <param name="index">Gets the address.</param>
    public static void Write(LiteralTree tree, Func<int, int> exact, Func<int, int> under, PageWriter pages, ref LeashPathIndex index)
    {
        var names = AddNames(tree, pages);
        var entries = new LeashLiteral[tree.Count - LiteralTree.First];
        var hasChildren = new bool[tree.Count];
        for (var node = LiteralTree.First; node < tree.Count; node++)
        {
            hasChildren[tree.ParentOf(node)] = true;
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var node = i + LiteralTree.First;
            var parent = KernelParent(tree.ParentOf(node));
            var (address, length) = names[tree.NameOf(node)];
            entries[i] = new LeashLiteral
            {
                Hash = KernelHash.Of(parent, pages.At(address, length)),
                Parent = parent,
                Node = (uint)node,
                Name = address,
                NameLength = (ushort)length,
                Flags = hasChildren[node] ? PlanAbi.LiteralHasChildren : (ushort)0,
                Exact = (uint)exact(node),
                Under = (uint)under(node),
            };
        }

        var table = Place(entries);
        index.Mask = (uint)table.Length - 1;
        index.HasNames = hasChildren[LiteralTree.Name] ? 1u : 0;
        index.Literals = pages.Add<LeashLiteral>(table, table.Length * Unsafe.SizeOf<LeashLiteral>() < PlanAbi.PageSize ? TableAlignment(table) : PlanAbi.PageSize);
    }

    /// <summary>A power of two that a table smaller than a page fills: at such a multiple, it does not cross into the next page.</summary>
    private static int TableAlignment(LeashLiteral[] table) => table.Length * Unsafe.SizeOf<LeashLiteral>();

    private static uint KernelParent(int parent) => parent switch
    {
        LiteralTree.Root => PlanAbi.NodeRoot,
        LiteralTree.Abstract => PlanAbi.NodeAbstract,
        LiteralTree.Name => PlanAbi.NodeName,
        _ => (uint)parent,
    };

    private static (uint Address, int Length)[] AddNames(LiteralTree tree, PageWriter pages)
    {
        var names = new (uint Address, int Length)[tree.NameCount];
        for (var i = 0; i < names.Length; i++)
        {
            var text = tree.TextOf(i);
            names[i] = (pages.AddText(text), text.Length);
        }

        return names;
    }

    /// <summary>The smallest table, at most half full, in which no entry lies too far from its place.</summary>
    private static LeashLiteral[] Place(LeashLiteral[] entries)
    {
        var capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, entries.Length * 2));
        while (true)
        {
            var table = new LeashLiteral[capacity];
            if (TryPlace(entries, table))
            {
                return table;
            }

            capacity = checked(capacity * 2);
        }
    }

    private static bool TryPlace(LeashLiteral[] entries, LeashLiteral[] table)
    {
        var mask = (ulong)table.Length - 1;
        foreach (ref readonly var entry in entries.AsSpan())
        {
            var probe = 0;
            while (probe < PlanAbi.MaxProbes && table[(entry.Hash + (ulong)probe) & mask] is { Hash: not 0 } other)
            {
                if (other.Hash == entry.Hash && other.Parent == entry.Parent && other.NameLength == entry.NameLength)
                {
                    // The kernel programs compare one name only. Names up to 8 bytes cannot collide, others hardly.
                    throw new LiteralCollisionException();
                }

                probe++;
            }

            if (probe == PlanAbi.MaxProbes)
            {
                return false;
            }

            table[(entry.Hash + (ulong)probe) & mask] = entry;
        }

        return true;
    }
}

/// <summary>Two names of one directory with the same hash and length.</summary>
internal sealed class LiteralCollisionException : Exception;
