using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Leash.Bpf;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Plan;

namespace Leash.Kernel.Tests.Networks;

/// <summary>What <c>leash_endpoint</c> is asked and answers (<c>struct endpoint_run</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EndpointRun
{
    public uint Slot;
    public uint Principal;
    public PlanAction Action;
    public uint Protocol;
    public uint Repeat;
    public uint ReasonNumber;
    public ulong Nanoseconds;
    public LeashAddress Address;

    public readonly EventReason Reason => (EventReason)ReasonNumber;
}

/// <summary>The kernel's decisions on endpoints by a plan, run by BPF_PROG_TEST_RUN.</summary>
internal sealed class EndpointProbe : IDisposable
{
    private readonly LoadedBpfObject _object;
    private readonly BpfProgram _decide;
    private readonly BpfMap _plans;
    private readonly BpfMap _names;
    private BpfMap? _plan;
    private ulong _generation;

    public EndpointProbe()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read("leash_test.bpf.o"), "leash_test");
        _object = opened.Load();
        _decide = _object.GetProgram("leash_endpoint");
        _plans = _object.GetMap("leash_plans");
        _names = _object.GetMap("leash_names");
    }

    public void SetPlan(KernelPlan plan)
    {
        var pages = PlanMap.Load(plan.Bytes.Span);
        _plans.SetInner(0, pages);
        _plan?.Dispose();
        (_plan, _generation) = (pages, plan.Generation);
    }

    /// <summary>Asks about an endpoint whose address is known by names of these classes, and by no others.</summary>
    public EndpointRun Ask(uint principal, in Endpoint endpoint, PlanAction action, IReadOnlyList<uint[]> names, uint repeat = 1)
    {
        EndpointRun run = new()
        {
            Principal = principal, Action = action, Repeat = repeat, ReasonNumber = byte.MaxValue,
            Protocol = endpoint.Protocol == TransportProtocol.Udp ? (uint)SocketConstants.IPPROTO_UDP : SocketConstants.IPPROTO_TCP,
        };
        UInt128 address = endpoint.IsV4 ? (UInt128)0xffff << 32 | endpoint.Address : endpoint.Address;
        BinaryPrimitives.WriteUInt128BigEndian(run.Address.Address, address);
        run.Address.Port = (ushort)endpoint.Port;
        SetNames(run.Address.Address, names);
        var result = _decide.TestRun(MemoryMarshal.AsBytes(new Span<EndpointRun>(ref run)));
        return result.Value == 0 ? run : throw new InvalidOperationException("the program found no plan");
    }

    public void Dispose()
    {
        _plan?.Dispose();
        _decide.Dispose();
        _plans.Dispose();
        _names.Dispose();
        _object.Dispose();
    }

    private void SetNames(LeashAddressBytes address, IReadOnlyList<uint[]> names)
    {
        LeashNameKey key = new() { Generation = _generation, Address = address };
        if (names.Count == 0)
        {
            _names.Delete(key);
            return;
        }

        LeashKnownNames known = new() { Count = (uint)names.Count };
        for (var i = 0; i < names.Count; i++)
        {
            known.Names[i].Expires = ulong.MaxValue;
            known.Names[i].Count = (uint)names[i].Length;
            names[i].CopyTo(known.Names[i].Classes);
        }

        _names.Update(key, in known);
    }
}
