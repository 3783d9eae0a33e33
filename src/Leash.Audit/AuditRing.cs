using System.Numerics;

namespace Leash.Audit;

/// <summary>
/// A bounded queue of record copies: any number of producers, one consumer, no lock. Each cell carries a turn number that says whose it is
/// (Dmitry Vyukov's bounded queue): <c>position</c> = free for the producer of that position, <c>position + 1</c> = filled.
/// </summary>
internal sealed class AuditRing
{
    private readonly Cell[] _cells;
    private readonly int _mask;
    private long _head;
    private long _tail;

    /// <param name="capacity">A power of two.</param>
    public AuditRing(int capacity)
    {
        if (!BitOperations.IsPow2(capacity))
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "a power of two is needed");
        }

        _mask = capacity - 1;
        _cells = new Cell[capacity];
        for (var i = 0; i < capacity; i++)
        {
            _cells[i].Turn = i;
        }
    }

    public int Capacity => _cells.Length;

    /// <summary>How many records wait; exact only for the consumer when nobody produces.</summary>
    public int Count => (int)Math.Max(0, Volatile.Read(ref _head) - Volatile.Read(ref _tail));

    /// <summary>Copies the record in; false when the ring is full.</summary>
    public bool TryAdd(in AuditRecord record, long time)
    {
        while (true)
        {
            var position = Volatile.Read(ref _head);
            ref var cell = ref _cells[(int)position & _mask];
            var turn = Volatile.Read(ref cell.Turn);
            if (turn < position)
            {
                return false;
            }

            if (turn == position && Interlocked.CompareExchange(ref _head, position + 1, position) == position)
            {
                // Made on first use, so that a short session pays for few.
                (cell.Slot ??= new AuditSlot()).Fill(record, time);
                Volatile.Write(ref cell.Turn, position + 1);
                return true;
            }
        }
    }

    /// <summary>The oldest record, which stays in place until <see cref="Release"/>; null when there is none.</summary>
    public AuditSlot? Peek()
    {
        ref var cell = ref _cells[(int)_tail & _mask];
        return Volatile.Read(ref cell.Turn) == _tail + 1 ? cell.Slot : null;
    }

    /// <summary>Gives the cell of the last <see cref="Peek"/> back to the producers.</summary>
    public void Release()
    {
        Volatile.Write(ref _cells[(int)_tail & _mask].Turn, _tail + _cells.Length);
        Volatile.Write(ref _tail, _tail + 1);
    }

    private struct Cell
    {
        public long Turn;
        public AuditSlot? Slot;
    }
}
