using System.Net;
using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;
using Leash.Kernel.Tests.Libbpf;
using Leash.Policy;

namespace Leash.Kernel.Tests.Networks;

/// <summary>A session whose endpoints the programs on its cgroup decide, of programs that all tests share.</summary>
internal sealed class NetworkSession : IDisposable
{
    private readonly TemporaryCgroup _cgroup;
    private readonly BpfPrograms _programs;
    private readonly BpfSession _session;
    private readonly EventRing _ring;
    private NameClasses _names = null!;
    private KernelPlanReader _reader = null!;

    public NetworkSession(NetworkPrograms programs, string policy, SessionFlags flags = SessionFlags.AllEvents, int levels = 0)
    {
        _cgroup = new TemporaryCgroup(levels);
        _programs = programs.Shared;
        _session = _programs.CreateSession(_cgroup.Descriptor, 1 << 20);
        _ring = new EventRing(_session.Ring);
        try
        {
            SetPlan(policy);
        }
        catch
        {
            Dispose();
            throw;
        }

        _session.Register(new LeashSession { flags = SessionFlags.Network | flags }, _cgroup.Descriptor);
        _programs.Map("leash_cgroup").Update(_session.Cgroup, _session.Cgroup);
    }

    public string Cgroup => _cgroup.Path;

    public ulong Generation { get; private set; }

    public BpfMap Map(string name) => _programs.Map(name);

    public uint Slot => _session.Slot;

    public ulong Id => _session.Cgroup;

    /// <summary>A process of the session.</summary>
    public Actor StartActor()
    {
        Actor actor = new();
        actor.Enter(Cgroup);
        return actor;
    }

    public void SetPlan(string policy)
    {
        CompileResult compiled = PolicyCompiler.Compile([new PolicyDocument("user", "test.cedar", policy)], new SessionFacts
        {
            Workspace = "/srv", Home = "/home/alice", User = "alice", Uid = 1000, Agent = "test", SessionId = "s1",
        });
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Diagnostics.Select(d => d.Message)));
        EndpointCompiler endpoints = new();
        KernelPlanResult result = KernelPlanCompiler.Compile(compiled.Plan!, ++Generation, [], endpoints);
        Assert.NotNull(result.Plan);
        _session.SetPlan(result.Plan.Bytes.Span);
        (_names, _reader) = (endpoints.Names!, new KernelPlanReader(result.Plan.Bytes));
    }

    /// <summary>Takes the plan away, which no session does: nothing can be decided.</summary>
    public void RemovePlan() => Map("leash_plans").Delete(Slot);

    /// <summary>The principal class of the session's first process when it executes this.</summary>
    public uint Move(string executable) => _reader.Move(_reader.InitialPrincipal, System.Text.Encoding.UTF8.GetBytes(executable), default);

    public void Update(Func<LeashSession, LeashSession> change) => _session.Update(change);

    /// <summary>Says what an address is known as, as the session's resolver does.</summary>
    public void Learn(IPAddress address, string name, ulong expires = ulong.MaxValue)
    {
        uint[] classes = _names.Of(name);
        LeashNameKey key = new() { Generation = Generation, Slot = _session.Slot };
        address.MapToIPv6().TryWriteBytes(key.Address, out _);
        LeashKnownNames known = new() { Count = 1 };
        known.Names[0].Expires = expires;
        known.Names[0].Count = (uint)classes.Length;
        classes.CopyTo(known.Names[0].Classes);
        Map("leash_names").Update(key, in known);
    }

    /// <summary>Where a connection that came from this endpoint was going before it was redirected.</summary>
    public IPEndPoint? OriginalOf(IPEndPoint source)
    {
        LeashFlow key = new() { Port = (ushort)source.Port, Slot = _session.Slot };
        source.Address.MapToIPv6().TryWriteBytes(key.Address, out _);
        return Map("leash_originals").TryLookup(key, out LeashOriginal original)
            ? new IPEndPoint(new IPAddress((ReadOnlySpan<byte>)original.Destination.Address), original.Destination.Port)
            : null;
    }

    /// <summary>What was recorded since the last time.</summary>
    public List<LeashEvent> Events()
    {
        List<LeashEvent> events = [];
        _ring.Read(sample => events.Add(MemoryMarshal.Read<LeashEvent>(sample)), int.MaxValue);
        _ring.Release();
        return events;
    }

    public void Dispose()
    {
        _session.End();
        _ring.Dispose();
        _session.Dispose();
        _cgroup.Dispose();
    }
}
