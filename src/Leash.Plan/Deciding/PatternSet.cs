namespace Leash.Plan.Deciding;

/// <summary>
/// Patterns with the atoms that each makes true, ordered by the byte that a match must end with: most texts are compared with few of them.
/// </summary>
internal sealed class PatternSet
{
    private const int Buckets = 257;
    private const int AnyEnd = 256;

    private readonly Dictionary<PlanPattern, int> _heads = [];
    private readonly List<PlanPattern> _order = [];
    private readonly Item[][] _buckets = new Item[Buckets][];

    public bool IsEmpty => _order.Count == 0;

    public void Add(PlanPattern pattern, int atom, TargetList targets)
    {
        if (!_heads.TryGetValue(pattern, out var head))
        {
            _order.Add(pattern);
        }

        _heads[pattern] = targets.Add(head, atom);
    }

    public void Freeze()
    {
        foreach (var group in _order.GroupBy(pattern => pattern.Suffix.IsEmpty ? AnyEnd : pattern.Suffix[^1]))
        {
            _buckets[group.Key] = [.. group.Select(pattern => new Item(pattern, _heads[pattern]))];
        }
    }

    public void Fire(ReadOnlySpan<byte> text, TargetList targets, DecisionScratch scratch)
    {
        if (!text.IsEmpty)
        {
            Fire(_buckets[text[^1]], text, targets, scratch);
        }

        Fire(_buckets[AnyEnd], text, targets, scratch);
    }

    private static void Fire(Item[]? items, ReadOnlySpan<byte> text, TargetList targets, DecisionScratch scratch)
    {
        if (items is null)
        {
            return;
        }

        foreach (ref readonly var item in items.AsSpan())
        {
            if (item.Pattern.Matches(text))
            {
                targets.Fire(item.Head, scratch);
            }
        }
    }

    private readonly record struct Item(PlanPattern Pattern, int Head);
}
