using System.Runtime.InteropServices;
using Leash.Bpf.Abi;

namespace Leash.Bpf.Plans;

/// <summary>Writes the flat address space of a plan. Addresses only grow; nothing lies at 0 but the plan itself.</summary>
internal sealed class PageWriter
{
    private const int NameRoom = (PlanAbi.NameMax + 7) & ~7;

    private byte[] _bytes = new byte[4 * PlanAbi.PageSize];
    private int _end;

    /// <summary>How many bytes are in use.</summary>
    public int Length => _end;

    /// <summary>Reserves zeroed bytes at a multiple of <paramref name="alignment"/>, which may span pages.</summary>
    /// <exception cref="PlanTooLargeException">The plan would be larger than any that is loaded.</exception>
    public uint Reserve(long length, int alignment)
    {
        var start = (_end + alignment - 1L) / alignment * alignment;
        if (start + length > KernelLimits.PlanBytes)
        {
            throw new PlanTooLargeException();
        }

        var end = (int)(start + length);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(Math.Min(_bytes.Length * 2L, Array.MaxLength), end));
        }

        _end = end;
        return (uint)start;
    }

    /// <summary>Reserves zeroed bytes of at most a page that do not cross into the next.</summary>
    public uint ReserveWithinPage(int length, int alignment)
    {
        var start = (_end + alignment - 1) / alignment * alignment;
        var crosses = start / PlanAbi.PageSize != (start + Math.Max(length, 1) - 1) / PlanAbi.PageSize;
        return Reserve(length, crosses ? PlanAbi.PageSize : alignment);
    }

    /// <summary>The bytes at an address that was reserved; valid until the next reservation.</summary>
    public Span<byte> At(uint address, int length) => _bytes.AsSpan((int)address, length);

    /// <summary>Places values one after the other; they may span pages.</summary>
    public uint Add<T>(ReadOnlySpan<T> values, int alignment)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var address = Reserve(bytes.Length, alignment);
        bytes.CopyTo(At(address, bytes.Length));
        return address;
    }

    /// <summary>
    /// Places a text, zero-padded to 8 bytes. The longest name has room from there to the end of the page: the kernel programs look at as much.
    /// </summary>
    public uint AddText(ReadOnlySpan<byte> text)
    {
        var length = (text.Length + 7) & ~7;
        var start = (_end + 7) & ~7;
        var room = PlanAbi.PageSize - start % PlanAbi.PageSize;
        var address = Reserve(length, room < Math.Max(length, NameRoom) ? PlanAbi.PageSize : sizeof(ulong));
        text.CopyTo(At(address, text.Length));
        return address;
    }

    /// <summary>Writes a value at an address that was reserved.</summary>
    public void Write<T>(uint address, in T value)
        where T : unmanaged => MemoryMarshal.Write(_bytes.AsSpan((int)address), in value);

    /// <summary>Everything, filled up to whole pages.</summary>
    public byte[] ToPages()
    {
        var length = (_end + PlanAbi.PageSize - 1) / PlanAbi.PageSize * PlanAbi.PageSize;
        var pages = new byte[length];
        _bytes.AsSpan(0, _end).CopyTo(pages);
        return pages;
    }
}
