using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Events;

/// <summary>What is done with each sample of a ring.</summary>
internal delegate void SampleHandler(ReadOnlySpan<byte> sample);

/// <summary>
/// Reads a ring buffer of the kernel (kernel/bpf/ringbuf.c): one page with the reader's position, one with the writer's, then the data,
/// mapped twice in a row so that no sample is torn. What was read stays in the ring until <see cref="Release"/>, so that another
/// process reads again what this one did not finish. For one thread; allocates nothing for a sample.
/// </summary>
internal sealed unsafe class EventRing : IDisposable
{
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int MAP_SHARED = 1;
    private static readonly int PageSize = Environment.SystemPageSize;
    private const int HeaderSize = 8;
    private const int MaxErrno = 4095;
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;

    private readonly BpfMap _map;
    private readonly byte* _consumer;
    private readonly byte* _producer;
    private readonly ulong _size;
    private ulong _position;

    /// <param name="map">Borrowed.</param>
    /// <exception cref="LibbpfException">It cannot be mapped.</exception>
    public EventRing(BpfMap map)
    {
        _map = map;
        _size = map.MaxEntries;
        _consumer = Map(PageSize, PROT_READ | PROT_WRITE, 0);
        try
        {
            _producer = Map(PageSize + (2 * (nint)_size), PROT_READ, PageSize);
        }
        catch
        {
            Unmap(_consumer, PageSize);
            throw;
        }

        _position = Volatile.Read(ref *(ulong*)_consumer);
    }

    /// <summary>Where the next sample will be written: what is there now lies before it.</summary>
    public ulong End => Volatile.Read(ref *(ulong*)_producer);

    /// <summary>Bytes of the ring that are not released.</summary>
    public ulong Used => Volatile.Read(ref *(ulong*)_producer) - Volatile.Read(ref *(ulong*)_consumer);

    /// <summary>Waits until there is something to read; false when the time is over. Other wake-ups look like something to read.</summary>
    /// <param name="milliseconds">At most.</param>
    /// <param name="wake">A descriptor that ends the wait, too.</param>
    public bool Wait(int milliseconds, int wake)
    {
        Span<PollDescriptor> sources =
        [
            new() { fd = _map.Descriptor.Number, events = Descriptors.POLLIN }, new() { fd = wake, events = Descriptors.POLLIN },
        ];
        Descriptors.Poll(sources, milliseconds);
        return (sources[0].revents | sources[1].revents) != 0;
    }

    /// <summary>Reads at most so many samples that are there; how many it read.</summary>
    public int Read(SampleHandler handler, int limit) => Read(handler, limit, End);

    /// <summary>Reads at most so many samples that lie before <paramref name="end"/>; how many it read.</summary>
    public int Read(SampleHandler handler, int limit, ulong end)
    {
        int count = 0;
        while (count < limit && _position < end)
        {
            // SAFETY: the position lies behind the reader's, before the writer's, and so within the data, whose second mapping follows.
            byte* header = _producer + PageSize + (_position & (_size - 1));
            uint state = Volatile.Read(ref *(uint*)header);
            if ((state & Busy) != 0)
            {
                break; // being written; the ones behind it have to wait
            }

            uint length = state & ~(Busy | Discarded);
            if (length > _size - HeaderSize)
            {
                throw new InvalidDataException("the kernel's event buffer is damaged");
            }

            if ((state & Discarded) == 0)
            {
                handler(new ReadOnlySpan<byte>(header + HeaderSize, (int)length));
                count++;
            }

            _position += (length + HeaderSize + 7) & ~7ul;
        }

        return count;
    }

    /// <summary>Gives the room of what was read back to the kernel.</summary>
    public void Release() => Volatile.Write(ref *(ulong*)_consumer, _position);

    public void Dispose()
    {
        Unmap(_consumer, PageSize);
        Unmap(_producer, PageSize + (2 * (nint)_size));
    }

    private byte* Map(nint length, int protection, nint offset)
    {
        // SAFETY: a new mapping at a place of the kernel's choice; the descriptor lives as long as the map.
        nint result = (nint)Kernel.Call(SyscallNumber.mmap, 0, length, protection, MAP_SHARED, _map.Descriptor.Number, offset);
        return result is < 0 and >= -MaxErrno
            ? throw new LibbpfException($"map the ring buffer `{_map.Name}`", (int)-result)
            : (byte*)result;
    }

    // SAFETY: only for what Map returned, once.
    private static void Unmap(byte* at, nint length) => Kernel.Call(SyscallNumber.munmap, (nint)at, length);
}
