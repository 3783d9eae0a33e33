using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>Ranges with what holds in each: prefixes are nested or apart, so one walk in their order yields ranges without gaps.</summary>
internal sealed class AddressTree(FiredTable table)
{
    private readonly Dictionary<Cidr, Fired> _own = [];

    public void Add(Cidr range, Fired fired) => _own[range] = _own.TryGetValue(range, out var known) ? table.Union(known, fired) : fired;

    /// <summary>The ranges of a family: where each starts, and its class.</summary>
    /// <param name="isV4">The family.</param>
    /// <param name="classOf">The class of what holds.</param>
    public List<(UInt128 Start, int Class)> Ranges(bool isV4, Func<Fired, int> classOf)
    {
        var last = isV4 ? uint.MaxValue : UInt128.MaxValue;
        List<(UInt128 Start, int Class)> ranges = [];
        Stack<(UInt128 End, Fired Fired)> open = new();
        open.Push((last, Fired.Nothing));
        Emit(ranges, 0, classOf(Fired.Nothing));
        foreach (var (range, own) in _own.Where(pair => pair.Key.IsV4 == isV4).OrderBy(pair => pair.Key.Address).ThenBy(pair => pair.Key.PrefixLength))
        {
            Close(open, range.Address, last, ranges, classOf);
            var fired = table.Union(open.Peek().Fired, own);
            open.Push((EndOf(range), fired));
            Emit(ranges, range.Address, classOf(fired));
        }

        Close(open, null, last, ranges, classOf);
        return ranges;
    }

    /// <summary>Leaves the ranges that end before an address, or all.</summary>
    private static void Close(
        Stack<(UInt128 End, Fired Fired)> open, UInt128? before, UInt128 last, List<(UInt128 Start, int Class)> ranges, Func<Fired, int> classOf)
    {
        while (open.Count > 1 && (before is null || open.Peek().End < before))
        {
            var (end, _) = open.Pop();
            if (end < last)
            {
                Emit(ranges, end + 1, classOf(open.Peek().Fired));
            }
        }
    }

    private static void Emit(List<(UInt128 Start, int Class)> ranges, UInt128 start, int number)
    {
        if (ranges.Count > 0 && ranges[^1].Start == start)
        {
            ranges.RemoveAt(ranges.Count - 1);
        }

        if (ranges.Count == 0 || ranges[^1].Class != number)
        {
            ranges.Add((start, number));
        }
    }

    private static UInt128 EndOf(Cidr range)
    {
        var hostBits = range.Bits - range.PrefixLength;
        return hostBits == 128 ? UInt128.MaxValue : range.Address | ((UInt128.One << hostBits) - 1);
    }
}
