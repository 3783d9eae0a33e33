using Leash.Enforcement.Sockets;
using Leash.Plan;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>Endpoints by the supervisor: it connects, binds and sends to addresses for the command.</summary>
internal sealed class SeccompNetwork(SeccompFiles supervisor) : INetworkEnforcement
{
    public SocketOptions Sockets(SessionServers servers) => servers.Sockets(isByKernel: false);

    public bool AnswersPeerNames(SessionConfig config) => config.Gateway is not null;

    public void Start(SessionConfig config, StoppedCommand command, SessionServers servers)
    {
        // The supervisor starts with the files.
    }

    public int Exchange(EnforcementPlan plan, PlanDecider decider, PlanGift give) => 0;

    public IEnumerable<ProtectionLine> Describe() =>
    [
        new("network", true, supervisor.BrokeredSockets
            ? "the supervisor makes the sockets (pidfd_getfd is refused here): stream sockets only, UDP is refused"
            : "connected, bound and sent by the supervisor"),
        new("dns", true, supervisor.BrokeredSockets
            ? "names by the session's resolver, over TCP"
            : "names by the session's resolver: port 53 of any address leads there"),
    ];

    public void Dispose()
    {
    }
}
