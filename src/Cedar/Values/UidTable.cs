namespace Cedar.Values;

/// <summary>
/// Entity names numbered in the order of their first appearance. Looking one up is the innermost step of every decision, and the platform's
/// dictionary goes through an interface for each comparison. Safe to read from several threads while nothing is added.
/// </summary>
internal sealed class UidTable
{
    private EntityUid[] _uids;
    private int[] _slots;

    /// <summary>A table with room for this many names; it grows.</summary>
    public UidTable(int capacity = 4)
    {
        _uids = new EntityUid[Math.Max(capacity, 4)];
        _slots = new int[SlotsFor(_uids.Length)];
    }

    public int Count { get; private set; }

    public ReadOnlySpan<EntityUid> Uids => _uids.AsSpan(0, Count);

    /// <summary>The number of a name, or -1.</summary>
    public int Find(EntityUid uid)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var slot = Spread(uid.GetHashCode()) & mask;
        while (slots[slot] is > 0 and var number)
        {
            if (_uids[number - 1].Equals(uid))
            {
                return number - 1;
            }

            slot = (slot + 1) & mask;
        }

        return -1;
    }

    /// <summary>The number of a name, which is added when it is new.</summary>
    public int Add(EntityUid uid)
    {
        if (Find(uid) is >= 0 and var known)
        {
            return known;
        }

        if (Count == _uids.Length)
        {
            Grow();
        }

        _uids[Count] = uid;
        Place(Count);
        return Count++;
    }

    private static int SlotsFor(int capacity) => checked((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity) * 2);

    private static int Spread(int hash) => unchecked((int)((uint)hash * 0x9E3779B9u >> 7));

    private void Grow()
    {
        Array.Resize(ref _uids, checked(_uids.Length * 2));
        _slots = new int[SlotsFor(_uids.Length)];
        for (var i = 0; i < Count; i++)
        {
            Place(i);
        }
    }

    private void Place(int number)
    {
        var mask = _slots.Length - 1;
        var slot = Spread(_uids[number].GetHashCode()) & mask;
        while (_slots[slot] > 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = number + 1;
    }
}
