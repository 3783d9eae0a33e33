using System.Collections.Concurrent;
using System.Text;
using Leash.Bpf.Events;
using Leash.Bpf.Sessions;
using Leash.Bpf.Tests.Events;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Bpf.Tests.Sessions;

/// <summary>The kernel's part of an exchange, with the same freedom to be interrupted anywhere: a program's run is a reader of a lock.</summary>
internal sealed class FakeKernel : ISessionKernel
{
    private readonly ReaderWriterLockSlim _running = new();
    private readonly ConcurrentQueue<byte[]> _ring = new();
    private readonly ConcurrentQueue<byte[]> _unreleased = new();
    private readonly ConcurrentDictionary<(ulong Generation, ulong ExecId), uint> _classes = new();
    private readonly ConcurrentDictionary<FakeTask, bool> _tasks = new();
    private volatile PreparedPlan? _current;
    private volatile PreparedPlan? _pending;
    private long _execIds;
    private ulong _read;

    /// <summary>Called before each step that can fail.</summary>
    public Action<string>? BeforeStep { get; set; }

    /// <summary>Whether execs leave no event, as with a full ring.</summary>
    public bool IsRingFull { get; set; }

    /// <summary>Whether a program may be started without losing its event: rings have a size.</summary>
    public bool HasRoom => _ring.Count < 1000;

    public int ClassCount => _classes.Count;

    public bool HasPending => _pending is not null;

    public FakeTask Start() => Add(new FakeTask { Principal = _current!.InitialPrincipal, Generation = _current.Generation.Number });

    public FakeTask Fork(FakeTask parent) => Add(parent with { Copy = parent.Copy + 1 });

    public void Exit(FakeTask task) => _tasks.TryRemove(task, out _);

    /// <summary>The class by which the task is decided, and the plan.</summary>
    public (uint Principal, PreparedPlan Plan) Decide(FakeTask task)
    {
        _running.EnterReadLock();
        try
        {
            PreparedPlan plan = _current!;
            return (Convert(task, plan), plan);
        }
        finally
        {
            _running.ExitReadLock();
        }
    }

    public void Exec(FakeTask task, string path)
    {
        _running.EnterReadLock();
        try
        {
            PreparedPlan plan = _current!;
            PreparedPlan? pending = _pending;
            byte[] exe = Encoding.UTF8.GetBytes(path);
            ulong before = task.ExecId;
            ulong id = (ulong)Interlocked.Increment(ref _execIds);
            if (pending is { PrincipalCount: > 1 })
            {
                uint old = before == 0 ? pending.InitialPrincipal : _classes.GetValueOrDefault((pending.Generation.Number, before), uint.MaxValue);
                Thread.Yield();
                if (old != uint.MaxValue)
                {
                    _classes.TryAdd((pending.Generation.Number, id), pending.Move(old, exe, []));
                }
            }

            uint current = Convert(task, plan);
            task.Principal = current == PreparedPlan.NoPrincipal ? current : plan.Move(current, exe, []);
            task.ExecId = id;
            if (!IsRingFull)
            {
                _ring.Enqueue(new SampleBuilder
                {
                    Kind = EventKind.Exec, Verdict = EventVerdict.Allow, Reason = EventReason.Permit, Actions = PlanActionMask.ProcessExec,
                    ExecId = id, ParentExecId = before, Path = path, Generation = plan.Generation.Number,
                }.Build());
            }
        }
        finally
        {
            _running.ExitReadLock();
        }
    }

    /// <summary>The plans by the number that is all of their pages here.</summary>
    public Dictionary<ulong, PreparedPlan> Plans { get; } = [];

    public ulong[] Counters { get; } = new ulong[KernelCounter.Count];

    public bool IsFrozen { get; private set; }

    public bool HasEnded { get; private set; }

    public int Unreleased => _unreleased.Count;

    public void SetPending(ReadOnlySpan<byte> pages)
    {
        BeforeStep?.Invoke("prepare");
        _pending = Plans[BitConverter.ToUInt64(pages)];
        AwaitPrograms();
    }

    public void CommitPending()
    {
        BeforeStep?.Invoke("commit");
        _current = _pending;
        AwaitPrograms();
        _pending = null;
    }

    public void AbandonPending() => _pending = null;

    public bool TryEnterClass(ulong generation, ulong execId, uint principal)
    {
        BeforeStep?.Invoke("enter");
        return _classes.TryAdd((generation, execId), principal);
    }

    public void RemoveClass(ulong generation, ulong execId) => _classes.TryRemove((generation, execId), out _);

    public void ReadCounters(Span<ulong> totals) => Counters.CopyTo(totals);

    public void Wait(int milliseconds, int wake) => Descriptors.Poll([new PollDescriptor { fd = wake, events = Descriptors.POLLIN }], Math.Min(milliseconds, 5));

    public ulong EventsEnd => _read + (ulong)_ring.Count;

    public int Read(SampleHandler handler, int limit, ulong end)
    {
        int count = 0;
        while (count < limit && _read < end && _ring.TryDequeue(out byte[]? sample))
        {
            _read++;
            _unreleased.Enqueue(sample);
            handler(sample);
            count++;
        }

        return count;
    }

    public void Release() => _unreleased.Clear();

    /// <summary>As for another process that reads the ring: what was not released is there again.</summary>
    public void Reopen()
    {
        byte[][] again = [.. _unreleased, .. _ring];
        _unreleased.Clear();
        _ring.Clear();
        Array.ForEach(again, _ring.Enqueue);
    }

    public void Emit(byte[] sample) => _ring.Enqueue(sample);

    public void Freeze()
    {
        BeforeStep?.Invoke("freeze");
        IsFrozen = true;
    }

    public void End()
    {
        BeforeStep?.Invoke("end");
        Array.Clear(Counters);
        HasEnded = true;
    }

    public void AwaitPrograms()
    {
        _running.EnterWriteLock();
        _running.ExitWriteLock();
    }

    public IReadOnlySet<ulong> LivingExecs() => _tasks.Keys.Select(task => task.ExecId).ToHashSet();

    public void Dispose() => _running.Dispose();

    private FakeTask Add(FakeTask task)
    {
        _tasks.TryAdd(task, true);
        return task;
    }

    private uint Convert(FakeTask task, PreparedPlan plan)
    {
        if (task.Generation != plan.Generation.Number)
        {
            task.Principal = plan.PrincipalCount == 1 || task.ExecId == 0
                ? plan.InitialPrincipal
                : _classes.GetValueOrDefault((plan.Generation.Number, task.ExecId), PreparedPlan.NoPrincipal);
            task.Generation = plan.Generation.Number;
        }

        return task.Principal;
    }
}

/// <summary>A task with its storage.</summary>
internal sealed record FakeTask
{
    public int Copy { get; init; }

    public uint Principal { get; set; }

    public ulong Generation { get; set; }

    public ulong ExecId { get; set; }

    public bool Equals(FakeTask? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
