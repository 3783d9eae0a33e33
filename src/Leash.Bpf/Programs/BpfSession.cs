using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>
/// One session's entries in the shared maps. Disposing it ends nothing: the session is enforced until <see cref="End"/>, or until its
/// cgroup is gone.
/// </summary>
internal sealed class BpfSession : IDisposable
{
    public const string SessionsMap = "leash_sessions";
    private const string PlansMap = "leash_plans";
    private const string RingsMap = "leash_rings";
    private const string CountersMap = "leash_counters";

    private readonly BpfPrograms _programs;
    private readonly SessionPlace _place;

    private BpfSession(BpfPrograms programs, SessionPlace place, BpfMap ring) => (_programs, _place, Ring) = (programs, place, ring);

    /// <summary>Index into the maps of plans, rings and counters.</summary>
    public uint Slot => _place.Slot;

    public ulong Cgroup => _place.Cgroup;

    /// <summary>The buffer of this session's events.</summary>
    public BpfMap Ring { get; }

    private uint PendingSlot => Slot + SessionAbi.MaxSessions;

    /// <summary>What the kernel programs know of the session; null before <see cref="Register"/>.</summary>
    public LeashSession? State => _programs.Map(SessionsMap).TryLookup(Cgroup, out LeashSession session) ? session : null;

    /// <summary>The number of the plan in force.</summary>
    public ulong Generation
    {
        get
        {
            const int offset = 8; // of `generation` in struct leash_plan
            using BpfMap plan = _programs.Map(PlansMap).TryLookup(Slot, out uint id)
                ? BpfMap.OpenById(id) : throw new InvalidOperationException("no plan is in force");
            byte[] page = new byte[PlanAbi.PageSize];
            plan.TryLookup(new byte[sizeof(uint)], page);
            return BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(offset));
        }
    }

    internal static BpfSession Create(BpfPrograms programs, SessionPlace place, uint ringBytes)
    {
        BpfMap ring = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_RINGBUF, "leash_ring", 0, 0, ringBytes);
        BpfSession session = new(programs, place, ring);
        session.Clear();
        programs.Map(RingsMap).SetInner(place.Slot, ring);
        return session;
    }

    internal static BpfSession Adopt(BpfPrograms programs, SessionPlace place) =>
        programs.Map(RingsMap).TryLookup(place.Slot, out uint id)
            ? new BpfSession(programs, place, BpfMap.OpenById(id))
            : throw new BpfStartException($"the session {place} has no buffer of events");

    /// <summary>Puts a plan in force. Returns when no program uses the one before.</summary>
    public void SetPlan(ReadOnlySpan<byte> pages) => SetPlan(Slot, pages);

    /// <summary>Makes a plan the pending one. Returns when every program that started before has ended.</summary>
    public void SetPending(ReadOnlySpan<byte> pages) => SetPlan(PendingSlot, pages);

    /// <summary>Makes the pending plan the one in force, by one write.</summary>
    public void CommitPending()
    {
        BpfMap plans = _programs.Map(PlansMap);
        if (!plans.TryLookup(PendingSlot, out uint id))
        {
            throw new InvalidOperationException("no plan is pending");
        }

        using BpfMap pending = BpfMap.OpenById(id);
        plans.SetInner(Slot, pending);
        plans.Delete(PendingSlot);
    }

    public void AbandonPending() => _programs.Map(PlansMap).Delete(PendingSlot);

    /// <summary>Returns when every program that runs now has ended.</summary>
    public void AwaitPrograms()
    {
        // KERNEL: a change of a map of maps waits for a grace period; this one puts the same ring where it is (bpf/syscall.c,
        // maybe_wait_bpf_programs).
        _programs.Map(RingsMap).SetInner(Slot, Ring);
    }

    /// <summary>Begins the enforcement, before a process is in the cgroup.</summary>
    /// <param name="session">Its state; slot and cgroup are filled in.</param>
    /// <param name="cgroup">The cgroup's open directory, borrowed.</param>
    public void Register(LeashSession session, int cgroup)
    {
        session.slot = Slot;
        session.cgroup = Cgroup;
        _programs.Map(SessionsMap).Update(Cgroup, in session);
        _programs.AttachTo(_place, cgroup);
    }

    /// <summary>Changes flags and addresses while the session runs. What the kernel side fixed at the start stays.</summary>
    public void Update(Func<LeashSession, LeashSession> change)
    {
        BpfMap sessions = _programs.Map(SessionsMap);
        LeashSession now = State ?? throw new InvalidOperationException("the session is not registered");
        LeashSession next = change(now);
        sessions.Update(Cgroup, in next, BpfUpdate.BPF_EXIST);
    }

    /// <summary>Sums of the counters over all CPUs.</summary>
    public void ReadCounters(Span<ulong> totals)
    {
        BpfMap counters = _programs.Map(CountersMap);
        ulong[] perCpu = new ulong[counters.ValueSize / sizeof(ulong)];
        for (int i = 0; i < totals.Length; i++)
        {
            uint key = CounterKey(i);
            counters.TryLookup(
                MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)),
                MemoryMarshal.AsBytes(perCpu.AsSpan()));
            totals[i] = Sum(perCpu);
        }
    }

    /// <summary>Ends the enforcement, when no process of the session is left.</summary>
    public void End() => _programs.Remove(_place, () =>
    {
        _programs.Map(SessionsMap).Delete(Cgroup);
        Clear();
        _programs.Map(RingsMap).Delete(Slot);
    });

    public void Dispose() => Ring.Dispose();

    private static ulong Sum(ulong[] values)
    {
        ulong sum = 0;
        foreach (ulong value in values)
        {
            sum += value;
        }

        return sum;
    }

    private uint CounterKey(int counter) => (Slot * (uint)Events.KernelCounter.Count) + (uint)counter;

    // What an earlier session of this slot left.
    private void Clear()
    {
        BpfMap plans = _programs.Map(PlansMap);
        plans.Delete(Slot);
        plans.Delete(PendingSlot);
        BpfMap counters = _programs.Map(CountersMap);
        byte[] zeros = new byte[counters.ValueSize];
        for (int i = 0; i < Events.KernelCounter.Count; i++)
        {
            uint key = CounterKey(i);
            counters.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), zeros);
        }
    }

    private void SetPlan(uint slot, ReadOnlySpan<byte> pages)
    {
        using BpfMap plan = PlanMap.Load(pages);
        _programs.Map(PlansMap).SetInner(slot, plan);
    }
}
