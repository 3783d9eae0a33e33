using System.Net;
using Leash.Bpf.Abi;
using Leash.Bpf.Endpoints;
using Leash.Gateway.Dns;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.InKernel;

/// <summary>Keeps the names of addresses where the programs in the kernel look for them.</summary>
/// <param name="map">Their map, borrowed.</param>
/// <param name="classes">What the plan in force knows names as.</param>
/// <param name="generation">The plan's number.</param>
/// <param name="slot">The session's.</param>
internal sealed class KernelNames(BpfMap map, NameClasses classes, ulong generation, uint slot)
{
    public const string MapName = "leash_names";
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>All names of an address. Those that mean the same to the plan are one, which lasts as long as the longest.</summary>
    public void Learn(IPAddress address, IReadOnlyList<KnownName> names)
    {
        LeashNameKey key = new() { Generation = generation, Slot = slot };
        address.MapToIPv6().TryWriteBytes(key.Address, out _);
        LeashKnownNames value = default;
        foreach (KnownName name in names)
        {
            Add(ref value, classes.Of(name.Name), ExpiryOf(name.Remaining));
        }

        if (value.Count > 0)
        {
            map.Update(key, in value);
        }
    }

    private static void Add(ref LeashKnownNames value, uint[] found, ulong expires)
    {
        for (int i = 0; i < (int)value.Count; i++)
        {
            if (value.Names[i].Count == found.Length && ((ReadOnlySpan<uint>)value.Names[i].Classes)[..found.Length].SequenceEqual(found))
            {
                value.Names[i].Expires = Math.Max(value.Names[i].Expires, expires);
                return;
            }
        }

        // The table keeps no more than the kernel does.
        ref LeashKnownName added = ref value.Names[(int)value.Count++];
        added.Expires = expires;
        added.Count = (uint)found.Length;
        found.CopyTo(added.Classes);
    }

    private static ulong ExpiryOf(TimeSpan remaining) => remaining == Timeout.InfiniteTimeSpan
        ? ulong.MaxValue
        : BootClock.Nanoseconds() + (ulong)(remaining.TotalSeconds * NanosecondsPerSecond);
}
