namespace Cedar.Fuzz.Generation;

/// <summary>Random numbers that are the same for a seed on every platform and runtime (SplitMix64), so that a failure can be repeated.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, and without, <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(NextBits() % (ulong)limit);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Percent(int chance) => Below(100) < chance;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Between <paramref name="low"/> and <paramref name="high"/> different items, in their order; fewer when there are no more.</summary>
    public List<T> Some<T>(IReadOnlyList<T> items, int low, int high)
    {
        var open = Math.Min(Between(low, high), items.Count);
        List<T> chosen = [];
        for (var i = 0; i < items.Count && open > 0; i++)
        {
            if (Below(items.Count - i) < open)
            {
                chosen.Add(items[i]);
                open--;
            }
        }

        return chosen;
    }
}
