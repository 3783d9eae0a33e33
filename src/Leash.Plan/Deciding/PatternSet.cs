namespace Leash.Plan.Deciding;

/// <summary>
/// Patterns with the atoms that each makes true, ordered by the byte that a match must end with: most texts are compared with few of them.
/// </summary>
internal sealed class PatternSet
{
    private const int AnyEnd = 256;

    private readonly Dictionary<PlanPattern, Item> _items = [];
    private readonly List<Item>?[] _buckets = new List<Item>?[AnyEnd + 1];

    public bool IsEmpty => _items.Count == 0;

    public void Add(PlanPattern pattern, int atom, TargetList targets)
    {
        if (!_items.TryGetValue(pattern, out var item))
        {
            item = new Item(pattern);
            _items.Add(pattern, item);
            (_buckets[pattern.Suffix.IsEmpty ? AnyEnd : pattern.Suffix[^1]] ??= []).Add(item);
        }

        item.Head = targets.Add(item.Head, atom);
    }

    public void Fire(ReadOnlySpan<byte> text, TargetList targets, DecisionScratch scratch)
    {
        if (!text.IsEmpty)
        {
            Fire(_buckets[text[^1]], text, targets, scratch);
        }

        Fire(_buckets[AnyEnd], text, targets, scratch);
    }

    private static void Fire(List<Item>? items, ReadOnlySpan<byte> text, TargetList targets, DecisionScratch scratch)
    {
        if (items is null)
        {
            return;
        }

        foreach (var item in items)
        {
            if (item.Pattern.Matches(text))
            {
                targets.Fire(item.Head, scratch);
            }
        }
    }

    private sealed class Item(PlanPattern pattern)
    {
        public PlanPattern Pattern { get; } = pattern;

        public int Head { get; set; }
    }
}
