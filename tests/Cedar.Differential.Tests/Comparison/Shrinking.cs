namespace Cedar.Differential.Tests.Comparison;

/// <summary>Makes what shows a disagreement smaller, as long as it still shows it.</summary>
internal static class Shrinking
{
    private const int MaxAttempts = 300;

    /// <summary>Leaves out ever smaller pieces of a text.</summary>
    public static string Text(string text, Func<string, bool> stillDisagrees)
    {
        var attempts = 0;
        for (var size = text.Length / 2; size >= 1; size /= 2)
        {
            for (var start = 0; start + size <= text.Length && attempts < MaxAttempts;)
            {
                var shorter = text.Remove(start, size);
                attempts++;
                if (stillDisagrees(shorter))
                {
                    text = shorter;
                }
                else
                {
                    start += size;
                }
            }
        }

        return text;
    }

    /// <summary>Leaves out one item after the other.</summary>
    public static IReadOnlyList<T> Items<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, bool> stillDisagrees)
    {
        for (var i = items.Count - 1; i >= 0; i--)
        {
            List<T> fewer = [.. items];
            fewer.RemoveAt(i);
            if (stillDisagrees(fewer))
            {
                items = fewer;
            }
        }

        return items;
    }
}
