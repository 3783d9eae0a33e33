using Leash.Audit;
using Leash.Bpf.Abi;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Sessions.Native;

namespace Leash.Sessions.InKernel;

/// <summary>
/// What a session has in the kernel: the machine's programs, its plan, and the events that become its log. Made before a process is in the
/// session's cgroup and disposed when none is left.
/// </summary>
internal sealed class KernelSession : IDisposable
{
    private const string CgroupMap = "leash_cgroup";
    private const uint RingBytes = 4 << 20;
    private readonly BpfPrograms _programs;
    private readonly BpfSession _session;
    private readonly int _cgroup;
    private readonly GenerationTable _generations = new();
    private readonly NameClasses _names;
    private EventPump? _pump;

    private KernelSession(BpfPrograms programs, BpfSession session, int cgroup, KernelPlan plan, NameClasses names) =>
        (_programs, _session, _cgroup, Plan, _names) = (programs, session, cgroup, plan, names);

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
            KernelSession started = new(programs, session, directory, plan, names);
            started._generations.Add(new PlanGeneration(plan.Generation, config.Plan, config.Decider));
            session.SetPlan(plan.Bytes.Span);
            session.Register(new LeashSession { flags = flags | ModeOf(config.Mode), supervisor = (uint)Environment.ProcessId }, directory);

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

    /// <summary>Tells the programs what is known of the command, which waits, and begins to read events.</summary>
    public void Attend(SessionConfig config, int child, bool ownPidNamespace, SessionDns dns, bool deniedOnly)
    {
        uint pidNamespace = ownPidNamespace ? PidNamespaceOf(child) : 0;
        _session.Update(state =>
        {
            state.pid_namespace = pidNamespace;
            dns.Describe(ref state);
            return state;
        });
        KernelNames names = new(_programs.Map(KernelNames.MapName), _names, Plan.Generation, Slot);
        dns.Names.Observe(names.Learn);
        _pump = new EventPump(_session, new KernelAuditTrail(config.Audit, _generations, dns.Sockets.NamesFor), config.Audit, deniedOnly);
    }

    public void Dispose()
    {
        _pump?.Dispose();
        _session.End();
        _session.Dispose();
        _programs.Dispose();
        Kernel.Close(_cgroup);
    }

    private static SessionFlags ModeOf(EnforcementMode mode) => mode switch
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
