using Leash.Enforcement;
using Leash.Enforcement.Filter;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Interop;
using Leash.Plan;
using Leash.Sessions.Init;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>Files, programs and processes by the supervisor, which also performs the session's socket calls.</summary>
/// <param name="brokered">Whether descriptors cannot be taken from the session, so that the supervisor makes its sockets.</param>
internal sealed class SeccompFiles(bool brokered) : IFileEnforcement
{
    private bool _isKillable;
    private InitReport? _init;
    private SeccompEnforcer? _enforcer;

    public bool HasSynchronousWakeUp => _enforcer is { HasSynchronousWakeUp: true };

    public bool BrokeredSockets => brokered;

    /// <summary>Whether a process's descriptors can be duplicated.</summary>
    public static bool CanTakeDescriptors(int pid)
    {
        int pidfd = (int)Kernel.Call(SyscallNumber.pidfd_open, pid, 0);
        int copy = pidfd < 0 ? pidfd : (int)Kernel.Call(SyscallNumber.pidfd_getfd, pidfd, 3, 0);
        Kernel.Close(copy);
        Kernel.Close(pidfd);
        return copy >= 0;
    }

    public CommandFilter Filter(InitReport init, bool answersPeerNames)
    {
        byte[] code = FilterBuilder.Build(new FilterOptions
        {
            OwnPidNamespace = init.Rung != IsolationRung.Plain, BrokeredSockets = brokered, AnswersPeerNames = answersPeerNames,
        });
        return new CommandFilter(code, init.LandlockAbi > 0 ? LandlockFloor.Everything : LandlockFloor.None, brokered);
    }

    public void Start(SessionConfig config, StoppedCommand command, INetworkEnforcement network, SessionServers servers)
    {
        _init = command.Init;
        _isKillable = (command.FilterFlags & SeccompCalls.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0;
        SocketOptions sockets = network.Sockets(servers);
        try
        {
            _enforcer = SeccompEnforcer.Start(new EnforcerOptions
            {
                NotifyFd = command.Listener,
                ChildPid = command.Pid,
                Decider = config.Decider,
                Audit = config.Audit,
                Mode = config.Mode,
                AgentCapabilities = CommandCapabilities.For(command.Init.Rung),
                Uid = (uint)Kernel.Call(SyscallNumber.geteuid),
                Gid = (uint)Kernel.Call(SyscallNumber.getegid),
                OwnPidNamespace = command.OwnPidNamespace,
                BrokeredSockets = brokered,
                ProtectedPaths = config.ProtectedPaths,
                Substitutes = [.. servers.Substitutes(brokered)],
                RegisterSockets = SocketFamily.With(sockets),
                OnPrincipalMoved = sockets.Delegation is { } delegation ? delegation.Move : null,
            });
        }
        catch (EnforcementException failure)
        {
            throw new SessionException(failure.Message, "`leash doctor` says what this machine can enforce");
        }
    }

    public void Exchange(PlanDecider decider) => _enforcer!.Services.Exchange(decider);

    public IEnumerable<ProtectionLine> Describe()
    {
        bool isIsolated = _init is { Rung: not IsolationRung.Plain };
        return
        [
            new("files", true, "opened and changed by the supervisor on the resolved file"),
            new("programs", true, "checked at exec and again before the first instruction"),
            new("processes", true, isIsolated
                ? "own pid namespace: nothing outside can be seen or signalled"
                : "no pid namespace: signals are delivered by the supervisor, to the session's own processes only; others' names are visible"),
            new("landlock", _init is { LandlockAbi: > 0 }, _init is { LandlockAbi: > 0 } init
                ? $"floor under the filter (abi {init.LandlockAbi})"
                : "not in this kernel: the filter is the only layer"),
            new("notification", _isKillable, (_isKillable, HasSynchronousWakeUp) switch
            {
                (true, true) => "killable waits, synchronous wake-up",
                (true, false) => "killable waits; no synchronous wake-up before Linux 6.6: governed calls are slower",
                (false, _) => "before Linux 5.19 a signal can interrupt a call that the supervisor is performing",
            }),
        ];
    }

    public void Dispose() => _enforcer?.Dispose();
}
