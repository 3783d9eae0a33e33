namespace Leash.Plan.Deciding;

/// <summary>Ranges of addresses with a chain of targets each: one open-addressed table, asked once for each length of prefix in use.</summary>
internal sealed class RangeTable
{
    private Slot[] _slots = new Slot[32];
    private int _count;
    private int[] _lengths = [];

    /// <summary>The chain of a range, empty at first, to be replaced by a longer one.</summary>
    public ref int HeadOf(Cidr range)
    {
        if ((_count + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        ref var slot = ref Locate(_slots, range);
        if (!slot.IsUsed)
        {
            slot = new Slot { IsUsed = true, Range = range };
            _count++;
            AddLength(range.IsV4, range.PrefixLength);
        }

        return ref slot.Head;
    }

    /// <summary>Fires the targets of all ranges that an address is in.</summary>
    public void Fire(bool isV4, UInt128 address, int port, TargetList targets, DecisionScratch scratch)
    {
        foreach (var key in _lengths)
        {
            if (key >= 0 != isV4)
            {
                continue;
            }

            ref readonly var slot = ref Locate(_slots, Cidr.Create(isV4, address, isV4 ? key : ~key));
            if (slot.IsUsed)
            {
                targets.Fire(slot.Head, port, scratch);
            }
        }
    }

    private static ref Slot Locate(Slot[] slots, Cidr range)
    {
        var mask = slots.Length - 1;
        var hash = ((ulong)range.Address ^ (ulong)(range.Address >> 64) * 0x9e3779b97f4a7c15 ^ (ulong)range.PrefixLength << 56) * 0xff51afd7ed558ccd;
        for (var index = (int)(hash >> 33) & mask; ; index = (index + 1) & mask)
        {
            ref var slot = ref slots[index];
            if (!slot.IsUsed
                || (slot.Range.Address == range.Address && slot.Range.PrefixLength == range.PrefixLength && slot.Range.IsV4 == range.IsV4))
            {
                return ref slot;
            }
        }
    }

    /// <summary>A length of IPv4 prefixes as itself, one of IPv6 as its complement.</summary>
    private void AddLength(bool isV4, int length)
    {
        var key = isV4 ? length : ~length;
        if (Array.IndexOf(_lengths, key) < 0)
        {
            _lengths = [.. _lengths, key];
        }
    }

    private void Grow()
    {
        var grown = new Slot[_slots.Length * 2];
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (slot.IsUsed)
            {
                Locate(grown, slot.Range) = slot;
            }
        }

        _slots = grown;
    }

    private struct Slot
    {
        public bool IsUsed;
        public Cidr Range;
        public int Head;
    }
}
