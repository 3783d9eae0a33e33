using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Leash.Audit;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Bpf.Sessions;
using Leash.Cli.Running;
using Leash.Interop;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Cli.Daemon;

/// <summary>One session in the daemon: its log, its kernel side, and the file from which another daemon goes on. Thread-safe.</summary>
internal sealed class SessionKeeper : IDisposable
{
    private const int KeptGenerations = 3;
    private const int MaxNames = 65_536;
    private static readonly TimeSpan _killTime = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly DaemonPlace _place;
    private readonly AuditWriter _audit;
    private readonly HeldLog _log;
    private readonly BpfPrograms _programs;
    private readonly BpfSessionKernel _kernel;
    private readonly SessionHolder _holder;
    private readonly ConcurrentDictionary<IPAddress, ImmutableArray<string>> _names = new();
    private HeldSession _state;
    private ulong _inForce;
    private volatile string? _failure;

    // Guarded by _gate: its leash may ask for the end and be killed meanwhile.
    private bool _hasEnded;
    private bool _isDisposed;

    private SessionKeeper(DaemonPlace place, HeldSession state, AuditWriter audit, TimeProvider time)
    {
        (_place, _audit, _log) = (place, audit, new HeldLog(audit));
        _programs = BpfPrograms.Open(state.Pins);
        var session = _programs.AdoptSession(
            _programs.ListSessions().FirstOrDefault(session => session.Cgroup == state.Cgroup)
            ?? throw new InvalidOperationException($"the kernel does not know the cgroup `{state.CgroupPath}`"));
        _inForce = session.Generation;
        _state = state with { Policies = [.. state.Policies.Where(policies => policies.Number <= _inForce)] };
        _kernel = new BpfSessionKernel(_programs, session, state.CgroupPath);
        _holder = new SessionHolder(_kernel, Setup(), time, failure => _failure ??= failure.Message);
    }

    public string Id => _state.Id;

    /// <summary>The leash process that runs it.</summary>
    public ProcessStart Owner => _state.Owner;

    /// <summary>Why the session cannot go on; null while it can.</summary>
    public string? Failure => _failure ?? (_audit.HasFailed ? $"cannot write the audit log `{_audit.Path}`" : null);

    /// <summary>Begins to hold a session.</summary>
    public static SessionKeeper Begin(DaemonPlace place, HeldSession state, TimeProvider time)
    {
        state.Save(place.StateOf(state.Id));
        try
        {
            return Open(place, state, () => new AuditWriter(state.Log, state.Header, time), time);
        }
        catch
        {
            File.Delete(place.StateOf(state.Id));
            throw;
        }
    }

    /// <summary>Goes on with a session whose daemon has ended.</summary>
    public static SessionKeeper Resume(DaemonPlace place, HeldSession state, TimeProvider time) => Open(
        place, state,
        () => File.Exists(state.Log)
            ? AuditWriter.Continue(state.Log, "the daemon was started again", time)
            : new AuditWriter(state.Log, state.Header, time),
        time);

    /// <summary>Writes a record of the owner's.</summary>
    public void Record(ForwardedRecord record)
    {
        record.WriteTo(_log);
        _log.Flush();
    }

    /// <summary>Names under which an address is explained from now on.</summary>
    public void Learn(IPAddress address, ImmutableArray<string> names)
    {
        if (_names.Count >= MaxNames)
        {
            _names.Clear();
        }

        _names[address.MapToIPv6()] = names;
    }

    /// <summary>Exchanges the policies.</summary>
    /// <param name="documents">The policies, for explanations.</param>
    /// <param name="pages">Their plan.</param>
    /// <exception cref="PlanSwapException">Those before are in force.</exception>
    /// <exception cref="InvalidDataException">The policies have errors.</exception>
    public SwapResult Apply(ImmutableArray<PolicyDocument> documents, byte[] pages)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                throw new PlanSwapException("the session has ended");
            }

            PolicyGeneration policies = new(new KernelPlanReader(pages).Generation, documents);
            var before = _state;
            if (IsInForce(policies))
            {
                return new SwapResult(_inForce, 0); // asked again: the reply was lost with the daemon before
            }

            var next = PreparedPlan.Of(Compile(policies), pages);
            if (policies.Number <= _inForce)
            {
                throw new PlanSwapException($"the plan {_inForce} is in force, so there is no plan {policies.Number} behind it");
            }

            // First in the file: whichever is in force when this process ends now, the next one knows it.
            Save(before with { Policies = [.. before.Policies.TakeLast(KeptGenerations - 1), policies] });
            try
            {
                var result = _holder.Apply(next);
                _inForce = policies.Number;
                _audit.Exchanged(PolicySwitch.OriginsOf(documents));
                return result;
            }
            catch
            {
                Save(before);
                throw;
            }
        }
    }

    /// <summary>Kills what runs in the session's cgroup. Returns when it is empty.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    public void KillProcesses()
    {
        var kill = Path.Join(_state.CgroupPath, "cgroup.kill");
        if (!File.Exists(kill))
        {
            return; // the cgroup is gone, and so is everything in it
        }

        File.WriteAllText(kill, "1");
        var events = Path.Join(_state.CgroupPath, "cgroup.events");
        if (!SpinWait.SpinUntil(() => !File.Exists(events) || File.ReadAllText(events).Contains("populated 0", StringComparison.Ordinal), _killTime))
        {
            throw new IOException("its processes do not end");
        }
    }

    /// <summary>Records the rest, closes the log and removes what the session has in the kernel: no process of it is left.</summary>
    public void End(int exitCode)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            try
            {
                _holder.End();
            }
            catch (Exception) when (Failure is not null)
            {
                // FAIL-CLOSED: its log ended where it could not be written; the enforcement ends because nobody is left.
                _kernel.End();
            }

            _audit.Close(exitCode);
            File.Delete(_place.JournalOf(Id));
            File.Delete(_place.StateOf(Id));
            _hasEnded = true;
        }
    }

    /// <summary>Removes what its leash would have, had it not been killed: the cgroup, and where it took policies.</summary>
    public void RemovePlaces()
    {
        File.Delete(_place.ControlOf(Id));
        if (Directory.Exists(_state.CgroupPath))
        {
            // Those inside first: a cgroup is a directory that goes only without others in it.
            foreach (var group in Directory.GetDirectories(_state.CgroupPath, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length))
            {
                Directory.Delete(group);
            }

            Directory.Delete(_state.CgroupPath);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _holder.Dispose();
                _programs.Dispose();
                _audit.Dispose();
            }
        }
    }

    private static SessionKeeper Open(DaemonPlace place, HeldSession state, Func<AuditWriter> open, TimeProvider time)
    {
        var audit = open();
        try
        {
            SessionKeeper keeper = new(place, state, audit, time);
            keeper._log.Flush();
            return keeper;
        }
        catch
        {
            audit.Dispose();
            throw;
        }
    }

    private bool IsInForce(PolicyGeneration policies) => policies.Number == _inForce
        && _state.Policies.Single(known => known.Number == _inForce).Documents.SequenceEqual(policies.Documents);

    private HolderSetup Setup()
    {
        var totals = new ulong[KernelCounter.Count];
        _kernel.ReadCounters(totals);
        return new HolderSetup
        {
            Log = _log,
            InForce = Compile(_state.Policies.Single(policies => policies.Number == _inForce)),
            Others = [.. _state.Policies.Where(policies => policies.Number != _inForce).Select(Compile)],
            JournalPath = _place.JournalOf(_state.Id),
            NamesFor = address => _names.GetValueOrDefault(address.MapToIPv6(), []),
            ReportedCounters = ReportedCounters(totals),
        };
    }

    private ulong[] ReportedCounters(ulong[] totals)
    {
        if (!File.Exists(_state.Log))
        {
            return [];
        }

        using FileStream log = new(_state.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return CounterReport.ReportedIn(AuditReader.ReadEntries(log), totals);
    }

    private PlanGeneration Compile(PolicyGeneration policies)
    {
        var plan = PolicyCompiler.Compile(policies.Documents, _state.Facts).Plan
            ?? throw new InvalidDataException($"the policies of the session {_state.Id} have errors");
        return new PlanGeneration(policies.Number, plan, new PlanDecider(plan));
    }

    private void Save(HeldSession state)
    {
        state.Save(_place.StateOf(state.Id));
        _state = state;
    }
}
