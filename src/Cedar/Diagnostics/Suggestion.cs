namespace Cedar.Diagnostics;

/// <summary>Finds what a misspelt word probably meant.</summary>
public static class Suggestion
{
    // Beyond this no one has merely mistyped a name; it also bounds the work for hostile input.
    private const int MaxWordLength = 64;

    /// <summary>
    /// The candidate with the fewest edits from <paramref name="word"/>, ignoring case, when
    /// they are at most a third of its length; else null.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > MaxWordLength)
        {
            return null;
        }

        string? best = null;
        var fewest = Math.Max(1, word.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (candidate.Length <= MaxWordLength && Math.Abs(candidate.Length - word.Length) < fewest
                && Distance(word, candidate) is var distance && distance < fewest)
            {
                (best, fewest) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Help text <c>did you mean `x`?</c>, or null.</summary>
    public static string? DidYouMean(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $"did you mean `{nearest}`?" : null;

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other, ignoring case.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> beforeLast = stackalloc int[MaxWordLength + 1];
        Span<int> last = stackalloc int[MaxWordLength + 1];
        Span<int> current = stackalloc int[MaxWordLength + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            last.CopyTo(beforeLast);
            current.CopyTo(last);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
