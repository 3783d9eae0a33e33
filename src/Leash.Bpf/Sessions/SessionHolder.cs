using System.Collections.Concurrent;
using Leash.Bpf.Events;
using Leash.Interop;

namespace Leash.Bpf.Sessions;

/// <summary>
/// Holds one session whose enforcement is in the kernel: reads its events into its log, reports its counters, and exchanges its plan. All of
/// it on one thread. When this process dies, the kernel goes on deciding, and another holder goes on with what was not released.
/// </summary>
internal sealed class SessionHolder : IDisposable
{
    private const int BatchSize = 1024;
    private const int IdleMilliseconds = 100;
    private const int PruneAt = 32_768;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private readonly ISessionKernel _kernel;
    private readonly IHeldLog _log;
    private readonly KernelAuditTrail _trail;
    private readonly ExecJournal? _journal;
    private readonly CounterReport _counters;
    private readonly PlanSwap _swap;
    private readonly TimeProvider _time;
    private readonly Action<Exception>? _onFailure;
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly int _wake = Descriptors.CreateEvent();
    private readonly SampleHandler _accept;
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private volatile bool _hasReadAll;
    private int _pruneAt = PruneAt;

    /// <param name="kernel">The session; disposed with this.</param>
    /// <param name="setup">What it is held with.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFailure">Called once, on the holder's thread, when events cannot be recorded any more; the session is frozen then.</param>
    public SessionHolder(ISessionKernel kernel, HolderSetup setup, TimeProvider time, Action<Exception>? onFailure = null)
    {
        (_kernel, _log, _time, _onFailure) = (kernel, setup.Log, time, onFailure);
        GenerationTable generations = new();
        foreach (PlanGeneration plan in setup.Others)
        {
            generations.Add(plan);
        }

        generations.Add(setup.InForce);
        _trail = new KernelAuditTrail(setup.Log, generations, setup.NamesFor);
        _journal = setup.JournalPath is { } path ? ExecJournal.Open(path, _trail.Execs) : null;
        _trail.Learnt = _journal is { } journal ? journal.Add : null;
        _counters = new CounterReport(setup.Log, setup.ReportedCounters) { DeniedOnly = setup.IsSupervised };
        _swap = new PlanSwap(kernel, Drain, _trail, generations);
        _swap.Assume(setup.InForce.Number);
        _accept = setup.IsSupervised ? AcceptDenied : _trail.Accept;
        _thread = new Thread(Run) { Name = "events", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Exchanges the plan.</summary>
    /// <exception cref="PlanSwapException">The one before is still in force.</exception>
    public SwapResult Apply(PreparedPlan next) => OnThread(() => _swap.Apply(next));

    /// <summary>Records what happened so far; all of it when no process of the session is left.</summary>
    public void CatchUp() => OnThread(() =>
    {
        Drain();
        Report();
        return true;
    });

    /// <summary>Records the rest, and ends the enforcement: no process of the session is left. When it fails, it can be called again.</summary>
    public void End()
    {
        if (!_hasReadAll)
        {
            OnThread(() =>
            {
                Drain();
                Report();
                _swap.Forget();
                return _hasReadAll = true;
            });
        }

        _kernel.End();
    }

    /// <summary>Stops reading. The session goes on.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Descriptors.SignalEvent(_wake);
        _thread.Join();
        _journal?.Dispose();
        _kernel.Dispose();
        Kernel.Close(_wake);
    }

    private T OnThread<T>(Func<T> action)
    {
        ObjectDisposedException.ThrowIf(_isStopping, this);
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(new Command(() => done.SetResult(action()), done.SetException));
        Descriptors.SignalEvent(_wake);
        return done.Task.GetAwaiter().GetResult();
    }

    private void Run()
    {
        try
        {
            ReadUntilStopped();
            RefuseUntilStopped(new ObjectDisposedException(nameof(SessionHolder)));
        }
        catch (Exception e)
        {
            // FAIL-CLOSED: what cannot be recorded must not go on.
            Exception why = Freeze() is { } second ? new AggregateException(e, second) : e;
            RefuseCommands(why);
            _onFailure?.Invoke(why);
            RefuseUntilStopped(why);
        }
    }

    private Exception? Freeze()
    {
        try
        {
            _kernel.Freeze();
            return null;
        }
        catch (Exception e)
        {
            return e; // whoever is told ends the session
        }
    }

    private void RefuseUntilStopped(Exception why)
    {
        while (!_isStopping)
        {
            Descriptors.Poll([new PollDescriptor { fd = _wake, events = Descriptors.POLLIN }], -1);
            Descriptors.ClearEvent(_wake);
            RefuseCommands(why);
        }

        RefuseCommands(why);
    }

    private void ReadUntilStopped()
    {
        long reported = _time.GetTimestamp();
        while (!_isStopping)
        {
            _kernel.Wait(IdleMilliseconds, _wake);
            Descriptors.ClearEvent(_wake);
            Drain();
            while (_commands.TryDequeue(out Command? command))
            {
                Obey(command);
            }

            if (_hasReadAll)
            {
                return; // its counters may be another session's from now on
            }

            if (_time.GetElapsedTime(reported) > ReportInterval)
            {
                Report();
                PruneIfMany();
                reported = _time.GetTimestamp();
            }
        }
    }

    private static void Obey(Command command)
    {
        try
        {
            command.Run();
        }
        catch (Exception e)
        {
            command.Fail(e);
        }
    }

    private void RefuseCommands(Exception why)
    {
        while (_commands.TryDequeue(out Command? command))
        {
            command.Fail(why);
        }
    }

    // What was there when it began: who makes events without end must not keep commands waiting. In this order: what the next holder would
    // read again is what was not recorded, or is recorded twice at worst.
    private void Drain()
    {
        ulong end = _kernel.EventsEnd;
        while (_kernel.Read(_accept, BatchSize, end) > 0)
        {
            _journal?.Flush();
            _log.Flush();
            _kernel.Release();
        }
    }

    private void AcceptDenied(ReadOnlySpan<byte> sample)
    {
        if (EventDecoder.TryDecode(sample, out KernelEvent happened) != EventFault.None || happened.Verdict != EventVerdict.Allow)
        {
            _trail.Accept(sample);
        }
    }

    private void Report()
    {
        ulong[] totals = new ulong[KernelCounter.Count];
        _kernel.ReadCounters(totals);
        _counters.Write(totals);
        _log.Flush();
    }

    private void PruneIfMany()
    {
        if (_trail.Execs.Count >= _pruneAt)
        {
            _swap.Prune();
            _journal?.Rewrite(_trail.Execs);
            _pruneAt = Math.Max(PruneAt, _trail.Execs.Count * 2);
        }
    }

    private sealed record Command(Action Run, Action<Exception> Fail);
}
