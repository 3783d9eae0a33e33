using Leash.Bpf.Abi;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Bpf.Sessions;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Plan;
using Leash.Sessions.Native;

namespace Leash.Sessions.InKernel;

/// <summary>
/// What a session has in the kernel: the machine's programs, its plan, and the events that become its log. Made before a process is in the
/// session's cgroup and disposed when none is left. A supervised session ends with this process, which therefore holds it itself; what the kernel
/// enforces alone is given to a holder.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    private const string CgroupMap = "leash_cgroup";
    private const uint RingBytes = 4 << 20;
    private readonly BpfPrograms _programs;
    private readonly BpfSession _session;
    private readonly int _cgroup;
    private readonly string _cgroupPath;
    private readonly NameClasses _names;
    private KernelPlans? _plans;
    private SessionHolder? _own;
    private IKernelHolder? _other;

    private KernelSession(BpfPrograms programs, BpfSession session, int cgroup, string cgroupPath, KernelPlan plan, NameClasses names) =>
        (_programs, _session, _cgroup, _cgroupPath, Plan, _names) = (programs, session, cgroup, cgroupPath, plan, names);

    public KernelPlan Plan { get; }

    public BpfPrograms Programs => _programs;

    public uint Slot => _session.Slot;

    public ulong Cgroup => _session.Cgroup;

    /// <summary>Loads or adopts the programs, puts the plan in force and begins the enforcement of a cgroup without processes.</summary>
    /// <exception cref="BpfStartException">The kernel refuses.</exception>
    /// <exception cref="LibbpfException">The kernel refuses.</exception>
    public static KernelSession Start(
        SessionConfig config, SessionCgroup cgroup, IReadOnlyList<ProgramComponent> components, KernelPlan plan, NameClasses names,
        SessionFlags flags)
    {
        int directory = Descriptors.Open(cgroup.Path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        if (directory < 0)
        {
            throw new BpfStartException($"the session's cgroup cannot be opened: errno {-directory}");
        }

        BpfPrograms programs = BpfPrograms.Start(components);
        BpfSession? session = null;
        try
        {
            session = programs.CreateSession(directory, RingBytes);
            KernelSession started = new(programs, session, directory, cgroup.Path, plan, names);
            session.SetPlan(plan.Bytes.Span);
            session.Register(new LeashSession { flags = flags | FlagsOf(config), supervisor = (uint)Environment.ProcessId }, directory);

            // Until then every endpoint is denied.
            programs.Map(CgroupMap).Update(session.Cgroup, session.Cgroup);
            return started;
        }
        catch
        {
            session?.End();
            session?.Dispose();
            programs.RemoveUnused();
            programs.Dispose();
            Kernel.Close(directory);
            throw;
        }
    }

    /// <summary>Tells the programs what is known of the command, which waits, and has the events read.</summary>
    public void Attend(SessionConfig config, int child, bool ownPidNamespace, SessionServers servers, bool isSupervised)
    {
        SessionDns dns = servers.Dns;
        servers.Http?.Attend(this, isSupervised);
        uint pidNamespace = ownPidNamespace ? PidNamespaceOf(child) : 0;
        _session.Update(state =>
        {
            state.pid_namespace = pidNamespace;
            servers.Describe(ref state);
            return state;
        });
        _other = isSupervised ? null : config.Holder;
        _plans = new KernelPlans(config, dns, _programs.Map(KernelNames.MapName), Slot, hasFiles: !isSupervised, _other);
        _plans.Begin(Plan.Generation, _names);
        if (isSupervised)
        {
            _own = Hold(config, dns);
        }

        _other?.Offer(new KernelHold(_programs.Directory, Cgroup, _cgroupPath, Plan.Generation));
    }

    /// <summary>Exchanges the plan (<see cref="PlanExchange.Apply"/>).</summary>
    public int Exchange(EnforcementPlan plan, PlanDecider decider, PlanGift give) => _plans!.Exchange(
        plan,
        next => _own is { } own ? Apply(own, PreparedPlan.Of(new PlanGeneration(next.Generation, plan, decider), next.Bytes)) : give(next.Bytes));

    /// <summary>Redirects connections to loopback addresses to the gateway, too.</summary>
    public void TakeLoopback() => _session.Update(state =>
    {
        state.flags |= SessionFlags.Loopback;
        return state;
    });

    public void Dispose()
    {
        if (_other is not { Holds: true })
        {
            End();
        }

        _own?.Dispose();
        _session.Dispose();
        _programs.Dispose();
        Kernel.Close(_cgroup);
    }

    private SessionHolder Hold(SessionConfig config, SessionDns dns) => new(
        new BpfSessionKernel(_programs, _session, _cgroupPath),
        new HolderSetup
        {
            Log = new SharedLog(config.Audit),
            InForce = new PlanGeneration(Plan.Generation, config.Plan, config.Decider),
            NamesFor = dns.Sockets.NamesFor,
            IsSupervised = true,
        },
        config.Time,
        failure => config.OnFailure($"what programs in the kernel denied cannot be recorded any more: {failure.Message}"));

    private static int Apply(SessionHolder holder, PreparedPlan next)
    {
        try
        {
            return holder.Apply(next).Unknown;
        }
        catch (PlanSwapException e)
        {
            throw new SessionException(e.Message);
        }
    }

    private void End()
    {
        try
        {
            _own?.End();
        }
        finally
        {
            // Also when the last events could not be recorded, which the log's end then says.
            if (_session.State is not null)
            {
                _session.End();
            }
        }
    }

    private static SessionFlags FlagsOf(SessionConfig config) => (config.RecordsAll ? SessionFlags.AllEvents : default) | config.Mode switch
    {
        EnforcementMode.Enforce => default,
        EnforcementMode.Shadow => SessionFlags.Shadow,
        EnforcementMode.Record => SessionFlags.Shadow | SessionFlags.AllEvents,
    };

    private static uint PidNamespaceOf(int pid)
    {
        int fd = Descriptors.Open($"/proc/{pid}/ns/pid", OpenFlags.O_RDONLY);
        if (fd < 0 || FileCalls.Stat(fd, out Statx facts) < 0)
        {
            throw SessionException.System("read the command's pid namespace", fd < 0 ? -fd : Errno.EIO);
        }

        Kernel.Close(fd);
        return (uint)facts.stx_ino;
    }
}
