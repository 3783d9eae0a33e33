using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>Reads what a plan's bytes say of endpoints as the kernel programs do: what they are compared with.</summary>
internal sealed class EndpointReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LeashPlan _plan;

    /// <param name="plan">A plan, which <see cref="KernelPlanReader"/> has checked or the compiler has made.</param>
    public EndpointReader(KernelPlan plan)
    {
        _bytes = plan.Bytes;
        _plan = Read<LeashPlan>(0);
    }

    /// <summary>Decides an action on an endpoint.</summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="endpoint">The endpoint; its names are not looked at.</param>
    /// <param name="names">The classes of each name that the address is known by.</param>
    /// <param name="action">Of <see cref="PlanActionMask.Network"/>.</param>
    public Verdict Decide(uint principal, in Endpoint endpoint, IReadOnlyList<uint[]> names, PlanAction action)
    {
        ref readonly var index = ref _plan.Endpoints;
        if (principal >= _plan.Principals.Count || index.V4.Count == 0)
        {
            return default; // FAIL-CLOSED: no such class, or a plan without endpoints
        }

        var column = ColumnOf(endpoint.Port, endpoint.Protocol);
        var number = endpoint.IsV4 ? FindV4((uint)endpoint.Address) : FindV6(endpoint.Address);
        var address = Read<LeashAddressClass>(index.AddressClasses + number * (uint)Unsafe.SizeOf<LeashAddressClass>());
        if (names.Count == 0)
        {
            return VerdictOf(MasksOf(address.Bare, column, principal), action);
        }

        var isForbidden = false;
        foreach (var classes in names)
        {
            var verdict = VerdictOf(MasksOf(address, classes, column, principal), action);
            if (verdict.Allowed)
            {
                return verdict;
            }

            isForbidden |= verdict.Reason == VerdictReason.Forbidden;
        }

        return VerdictOf(false, isForbidden);
    }

    private static Verdict VerdictOf(LeashMasks masks, PlanAction action) =>
        VerdictOf((masks.Permit & (uint)action.ToMask()) != 0, (masks.Forbid & (uint)action.ToMask()) != 0);

    private static Verdict VerdictOf(bool isPermitted, bool isForbidden) =>
        new(isForbidden ? VerdictReason.Forbidden : isPermitted ? VerdictReason.Permitted : VerdictReason.NoPermit);

    private LeashMasks MasksOf(in LeashAddressClass address, uint[] classes, uint column, uint principal)
    {
        ref readonly var index = ref _plan.Endpoints;
        var sum = MasksOf(address.Named, column, principal);
        for (var i = 0; i < classes.Length; i++)
        {
            var name = Read<LeashNameClass>(index.NameClasses + classes[i] * (uint)Unsafe.SizeOf<LeashNameClass>());
            sum = Union(sum, MasksOf(name.Vector, column, principal));
            if (i == 0 && index.JointColumns > 0)
            {
                var joint = Read<uint>(index.Joint + (address.Joint * index.JointColumns + name.Joint) * sizeof(uint));
                sum = Union(sum, MasksOf(joint, column, principal));
            }
        }

        return sum;
    }

    private LeashMasks MasksOf(uint vector, uint column, uint principal)
    {
        var row = Read<uint>(_plan.Endpoints.Vectors + (vector * _plan.Endpoints.Columns + column) * sizeof(uint));
        return Read<LeashMasks>(_plan.Rows + (row * _plan.Principals.Count + principal) * (uint)Unsafe.SizeOf<LeashMasks>());
    }

    private static LeashMasks Union(LeashMasks left, LeashMasks right) =>
        new() { Permit = left.Permit | right.Permit, Forbid = left.Forbid | right.Forbid };

    private uint ColumnOf(int port, TransportProtocol protocol)
    {
        ref readonly var index = ref _plan.Endpoints;
        var block = Read<ushort>(index.PortBlocks + (uint)(port >> 8) * sizeof(ushort));
        var column = Read<ushort>(index.PortColumns + (uint)((block << 8) + (port & 0xff)) * sizeof(ushort));
        return column + (protocol == TransportProtocol.Udp ? index.UdpColumns : 0);
    }

    private uint FindV4(uint address)
    {
        ref readonly var ranges = ref _plan.Endpoints.V4;
        var (low, high) = Bounds(ranges, address);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            (low, high) = RangeV4(middle).Start <= address ? (middle, high) : (low, middle - 1);
        }

        return RangeV4(low).Class;
    }

    private uint FindV6(UInt128 address)
    {
        ref readonly var ranges = ref _plan.Endpoints.V6;
        var (low, high) = Bounds(ranges, (uint)(address >> 96));
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            var range = RangeV6(middle);
            (low, high) = new UInt128(range.High, range.Low) <= address ? (middle, high) : (low, middle - 1);
        }

        return RangeV6(low).Class;
    }

    private LeashRange4 RangeV4(uint number) => Read<LeashRange4>(_plan.Endpoints.V4.Ranges + number * (uint)Unsafe.SizeOf<LeashRange4>());

    private LeashRange6 RangeV6(uint number) => Read<LeashRange6>(_plan.Endpoints.V6.Ranges + number * (uint)Unsafe.SizeOf<LeashRange6>());

    private (uint Low, uint High) Bounds(in LeashRanges ranges, uint upper)
    {
        var slot = (uint)((ulong)upper >> (int)(32 - ranges.Bits));
        return (Read<uint>(ranges.First + slot * sizeof(uint)), Read<uint>(ranges.First + (slot + 1) * sizeof(uint)));
    }

    private T Read<T>(uint address)
        where T : unmanaged => MemoryMarshal.Read<T>(_bytes.Span[(int)address..]);
}
