using System.Collections.Immutable;

namespace Cedar.Schemas;

/// <summary>The transitive closure of a hierarchy.</summary>
internal static class Closure
{
    // A chain of n nodes has n² / 2 pairs; hierarchies that people write stay far below this.
    private const int MaxPairs = 1_000_000;

    /// <summary>
    /// For each node everything above it; the node itself only when it is on a cycle. Iterative: hierarchies may be deep.
    /// </summary>
    /// <param name="parents">What each node is in directly; every parent is a node.</param>
    /// <param name="tooLarge">The node at which the closure got too large, or null; nothing is above anything then.</param>
    public static Dictionary<T, HashSet<T>> Of<T>(Dictionary<T, ImmutableArray<T>> parents, out T? tooLarge)
        where T : class
    {
        Dictionary<T, HashSet<T>> closed = new(parents.Comparer);
        Stack<T> open = new();
        var pairs = 0;
        tooLarge = null;
        foreach (var node in parents.Keys)
        {
            HashSet<T> above = new(parents.Comparer);
            closed[node] = above;
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

            pairs += above.Count;
            if (pairs > MaxPairs)
            {
                tooLarge = node;
                HashSet<T> nothing = [];
                return parents.Keys.ToDictionary(key => key, _ => nothing, parents.Comparer);
            }
        }

        return closed;
    }
}
