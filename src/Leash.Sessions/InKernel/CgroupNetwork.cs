using Leash.Enforcement.Sockets;
using Leash.Plan;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Native;

namespace Leash.Sessions.InKernel;

/// <summary>Endpoints by programs on the session's cgroup. Under a supervisor they decide after it, on what it does for the command.</summary>
internal sealed class CgroupNetwork(KernelSession session, bool isSupervised) : INetworkEnforcement
{
    private SocketDelegation? _delegation;

    public SocketOptions Sockets(SessionServers servers) => servers.Sockets(isByKernel: true) with { Delegation = _delegation };

    public void Start(SessionConfig config, StoppedCommand command, SessionServers servers)
    {
        if (command.Cgroup is null)
        {
            // FAIL-CLOSED: the programs know a session by its cgroup.
            throw new SessionException("the command could not be put into the session's cgroup", "`--enforcer seccomp` does without");
        }

        if (isSupervised)
        {
            _delegation = new SocketDelegation(session, config.Decider.InitialPrincipal);
            session.Attend(config, command.Pid, command.OwnPidNamespace, servers, isSupervised: true);
        }
    }

    public int Exchange(EnforcementPlan plan, PlanDecider decider, PlanGift give) => session.Exchange(plan, decider, give);

    public IEnumerable<ProtectionLine> Describe() =>
    [
        new("network", true, isSupervised
            ? "connected, bound and sent by the supervisor; programs on the session's cgroup decide on its sockets once more"
            : "programs on the session's cgroup"),
        new("dns", true, "names by the session's resolver: port 53 of any address leads there"),
    ];

    public void Dispose() => session.Dispose();
}
