using Leash.Enforcement.Filter;
using Leash.Enforcement.Seccomp;
using Leash.Plan;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Http;
using Leash.Sessions.Init;
using Leash.Sessions.Native;

namespace Leash.Sessions.InKernel;

/// <summary>Files, programs and processes by programs in the kernel: the command acts itself, and only calls that are refused wait for leash.</summary>
internal sealed class KernelFiles(FileEnforcer kind, KernelSession session) : IFileEnforcement
{
    // The first kernel whose Landlock can keep signals inside.
    private const int SignalScopeAbi = 6;
    private InitReport? _init;
    private RefusalListener? _refusals;

    public CommandFilter Filter(InitReport init, bool answersPeerNames) => new(
        FilterBuilder.BuildForHooks(), init.LandlockAbi >= SignalScopeAbi ? LandlockFloor.Signals : LandlockFloor.None);

    public IEnumerable<BindMount> Binds(SessionConfig config, InitReport init) =>
        config.Gateway is { } http && init.Rung != IsolationRung.Plain
            ? http.Trust.Replacements().Select(file => new BindMount(file.Replacement, file.Path, ReadOnly: true))
            : [];

    public void Start(SessionConfig config, StoppedCommand command, INetworkEnforcement network, SessionServers servers)
    {
        if (command.Cgroup is null)
        {
            // FAIL-CLOSED: the programs know a session by its cgroup.
            throw new SessionException("the command could not be put into the session's cgroup", "`--enforcer seccomp` does without");
        }

        _init = command.Init;
        _refusals = new RefusalListener(command.Listener, config.Audit, config.OnFailure);
        session.Attend(config, command.Pid, command.OwnPidNamespace, servers, isSupervised: false);
    }

    public void Exchange(PlanDecider decider)
    {
        // One plan in the kernel for files and endpoints, which is exchanged with these.
    }

    public IEnumerable<ProtectionLine> Describe()
    {
        string hooks = kind == FileEnforcer.BpfLsm ? "programs on the kernel's security hooks" : "programs on the functions of the kernel's security hooks";
        bool isIsolated = _init is { Rung: not IsolationRung.Plain };
        bool hasScope = _init is { LandlockAbi: >= SignalScopeAbi };
        return
        [
            new("files", true, $"{hooks}, by the path of the object itself"),
            new("programs", true, $"{hooks}, every file of an exec, and its arguments again in the new image"),
            new("processes", true, isIsolated
                ? $"{hooks}; own pid namespace: nothing outside can be seen or signalled"
                : $"{hooks}; no pid namespace: others' names are visible"),
            new("filter", true, "what no hook covers is refused by the system call filter"),
            new("landlock", hasScope, hasScope ? "keeps signals inside" : "needs Linux 6.12 to keep signals inside: the hooks are the only layer"),
        ];
    }

    // The session in the kernel is disposed by whoever made it.
    public void Dispose() => _refusals?.Dispose();
}
