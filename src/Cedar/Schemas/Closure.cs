using System.Collections.Immutable;

namespace Cedar.Schemas;

/// <summary>The transitive closure of a hierarchy.</summary>
internal static class Closure
{
    /// <summary>For each node everything above it; the node itself only when it is on a cycle. Iterative: hierarchies may be deep.</summary>
    public static Dictionary<T, HashSet<T>> Of<T>(Dictionary<T, ImmutableArray<T>> parents)
        where T : notnull
    {
        Dictionary<T, HashSet<T>> closed = new(parents.Comparer);
        Stack<T> open = new();
        foreach (var node in parents.Keys)
        {
            HashSet<T> above = new(parents.Comparer);
            open.Push(node);
            while (open.TryPop(out var next))
            {
                foreach (var parent in parents[next])
                {
                    if (above.Add(parent))
                    {
                        open.Push(parent);
                    }
                }
            }

            closed[node] = above;
        }

        return closed;
    }
}
