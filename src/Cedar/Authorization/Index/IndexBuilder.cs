using System.Runtime.InteropServices;

namespace Cedar.Authorization.Index;

/// <summary>Arranges policies by the dimension that tells them apart best, and each part by the remaining ones.</summary>
internal sealed class IndexBuilder
{
    // Fewer policies than this are checked faster one by one.
    private const int SmallestSplit = 4;

    // A policy with many keys is found under each; below the first level that would multiply.
    private const int MostCopies = 4;

    private readonly Dictionary<(ScopeDimension Dimension, int Key), int> _frequencies = [];
    private readonly List<ScopeDimension> _path = [];

    private IndexBuilder()
    {
    }

    public static IndexNode Build(IReadOnlyList<IndexedPolicy> policies)
    {
        var builder = new IndexBuilder();
        foreach (var policy in policies)
        {
            foreach (var constraint in policy.Constraints)
            {
                foreach (var key in constraint.Keys)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(builder._frequencies, (constraint.Dimension, key), out _)++;
                }
            }
        }

        return builder.Arrange(policies);
    }

    private IndexNode Arrange(IReadOnlyList<IndexedPolicy> policies)
    {
        if (policies.Count < SmallestSplit || FindBestDimension(policies) is not { } dimension)
        {
            return new IndexNode { Always = [.. policies] };
        }

        Dictionary<int, List<IndexedPolicy>> parts = [];
        List<IndexedPolicy> rest = [];
        foreach (var policy in policies)
        {
            if (KeysOf(policy, dimension) is not { } keys)
            {
                rest.Add(policy);
                continue;
            }

            foreach (var key in keys)
            {
                ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, key, out _);
                (part ??= []).Add(policy);
            }
        }

        _path.Add(dimension);
        var children = new Dictionary<int, IndexNode>(parts.Count);
        foreach (var (key, part) in parts)
        {
            children.Add(key, Arrange(part));
        }

        var node = new IndexNode { Dimension = dimension, Children = children, Rest = rest.Count == 0 ? null : Arrange(rest) };
        _path.RemoveAt(_path.Count - 1);
        return node;
    }

    /// <summary>The dimension that leaves the fewest policies for one key; null when none leaves fewer than there are.</summary>
    private ScopeDimension? FindBestDimension(IReadOnlyList<IndexedPolicy> policies)
    {
        ScopeDimension? best = null;
        var fewest = policies.Count;
        foreach (var dimension in (ReadOnlySpan<ScopeDimension>)[ScopeDimension.Resource, ScopeDimension.Principal, ScopeDimension.Action])
        {
            if (!_path.Contains(dimension) && CountLargest(policies, dimension) is { } largest && largest < fewest)
            {
                (best, fewest) = (dimension, largest);
            }
        }

        return best;
    }

    /// <summary>The most policies that one key leaves, with those that ask for none; null when there would be too many copies.</summary>
    private int? CountLargest(IReadOnlyList<IndexedPolicy> policies, ScopeDimension dimension)
    {
        Dictionary<int, int> counts = [];
        var largest = 0;
        var free = 0;
        long copies = 0;
        foreach (var policy in policies)
        {
            if (KeysOf(policy, dimension) is not { } keys)
            {
                free++;
                continue;
            }

            copies += keys.Length;
            foreach (var key in keys)
            {
                largest = Math.Max(largest, ++CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _));
            }
        }

        return _path.Count > 0 && copies > (long)MostCopies * policies.Count ? null : largest + free;
    }

    /// <summary>The keys of the rarest constraint in a dimension; null without any.</summary>
    private int[]? KeysOf(IndexedPolicy policy, ScopeDimension dimension)
    {
        int[]? rarest = null;
        long fewest = long.MaxValue;
        foreach (var constraint in policy.Constraints)
        {
            if (constraint.Dimension != dimension)
            {
                continue;
            }

            long total = 0;
            foreach (var key in constraint.Keys)
            {
                total += _frequencies[(dimension, key)];
            }

            if (total < fewest)
            {
                (rarest, fewest) = (constraint.Keys, total);
            }
        }

        return rarest;
    }
}
