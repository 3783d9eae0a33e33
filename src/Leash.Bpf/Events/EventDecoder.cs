using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Leash.Plan;

namespace Leash.Bpf.Events;

/// <summary>What is wrong with a sample.</summary>
internal enum EventFault
{
    None,
    Short,
    Misplaced,
    Kind,
    Verdict,
    Reason,
    Actions,
    Texts,
    Address,
}

/// <summary>Reads samples of <c>leash_rings</c>. Nothing in a sample is believed before it was checked, and nothing is copied.</summary>
internal static class EventDecoder
{
    /// <summary>Bytes before a sample's texts.</summary>
    public static readonly int HeaderSize = Unsafe.SizeOf<LeashEvent>();

    private const ushort AfInet = 2;
    private const ushort AfInet6 = 10;

    /// <summary>Checks a sample. When something is wrong with it, <paramref name="decoded"/> must not be used.</summary>
    public static EventFault TryDecode(ReadOnlySpan<byte> sample, out KernelEvent decoded)
    {
        decoded = default;
        if (sample.Length < HeaderSize)
        {
            return EventFault.Short;
        }

        if (!IsAligned(sample))
        {
            return EventFault.Misplaced;
        }

        ref readonly LeashEvent fields = ref MemoryMarshal.AsRef<LeashEvent>(sample);
        ReadOnlySpan<byte> texts = sample[HeaderSize..];
        EventFault fault = CheckFields(fields, texts.Length);
        if (fault == EventFault.None)
        {
            decoded = new KernelEvent(in fields, texts);
        }

        return fault;
    }

    // Ring samples are aligned to 8 bytes, as the kernel writes them behind an 8-byte header.
    private static unsafe bool IsAligned(ReadOnlySpan<byte> sample)
    {
        // SAFETY: only the address is looked at.
        fixed (byte* start = sample)
        {
            return ((nuint)start & (sizeof(ulong) - 1)) == 0;
        }
    }

    private static EventFault CheckFields(in LeashEvent fields, int textLength) =>
        fields.kind is < EventKind.Path or > EventKind.Exit ? EventFault.Kind
        : fields.verdict > EventVerdict.WouldDeny ? EventFault.Verdict
        : fields.reason > EventReason.Anonymous ? EventFault.Reason
        : (fields.actions & ~(uint)(PlanActionMask.All & ~PlanActionMask.Http)) != 0 ? EventFault.Actions
        : (ulong)fields.path_length + fields.second_length + fields.arguments_length > (ulong)textLength ? EventFault.Texts
        : !IsAddressSound(fields) ? EventFault.Address
        : EventFault.None;

    private static bool IsAddressSound(in LeashEvent fields) => fields.kind != EventKind.Endpoint
        ? fields.address_length <= EventAddress.Length
        : (fields.family, fields.address_length) is (AfInet, 4) or (AfInet6, 16);
}
