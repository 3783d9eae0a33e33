using System.Collections.Concurrent;
using System.Text;
using Leash.Bpf.Events;
using Leash.Bpf.Sessions;
using Leash.Bpf.Tests.Events;
using Leash.Plan;

namespace Leash.Bpf.Tests.Sessions;

/// <summary>The kernel's part of an exchange, with the same freedom to be interrupted anywhere: a program's run is a reader of a lock.</summary>
internal sealed class FakeKernel(KernelAuditTrail trail) : IPlanExchange, IDisposable
{
    private readonly ReaderWriterLockSlim _running = new();
    private readonly ConcurrentQueue<byte[]> _ring = new();
    private readonly ConcurrentDictionary<(ulong Generation, ulong ExecId), uint> _classes = new();
    private readonly ConcurrentDictionary<FakeTask, bool> _tasks = new();
    private volatile PreparedPlan? _current;
    private volatile PreparedPlan? _pending;
    private long _execIds;

    /// <summary>Called before each step that can fail.</summary>
    public Action<string>? BeforeStep { get; set; }

    /// <summary>Whether execs leave no event, as with a full ring.</summary>
    public bool IsRingFull { get; set; }

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

    public void Prepare(PreparedPlan plan)
    {
        BeforeStep?.Invoke("prepare");
        _pending = plan;
        AwaitPrograms();
    }

    public void Commit()
    {
        BeforeStep?.Invoke("commit");
        _current = _pending;
        AwaitPrograms();
        _pending = null;
    }

    public void Abandon() => _pending = null;

    public bool TryEnter(ulong generation, ulong execId, uint principal)
    {
        BeforeStep?.Invoke("enter");
        return _classes.TryAdd((generation, execId), principal);
    }

    public void Remove(ulong generation, ulong execId) => _classes.TryRemove((generation, execId), out _);

    public void Drain()
    {
        while (_ring.TryDequeue(out byte[]? sample))
        {
            trail.Accept(sample);
        }
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
