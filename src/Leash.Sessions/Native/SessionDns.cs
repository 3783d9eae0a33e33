using System.Net;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Gateway.Dns;

namespace Leash.Sessions.Native;

/// <summary>The resolver that the session is pointed at, with the session's plan as its policy and the session's log as its log.</summary>
internal sealed class SessionDns : IDisposable
{
    private readonly DnsServer _server;
    private readonly NameTable _names;

    private SessionDns(DnsServer server, NameTable names)
    {
        _server = server;
        _names = names;
    }

    public SocketOptions Sockets => new()
    {
        NamesFor = _names.NamesFor,
        Resolver = _server.EndPoint,
        ResolverV6 = _server.EndPointV6,
    };

    public static SessionDns Start(SessionConfig config)
    {
        NameTable names = new(config.Time);
        SessionDnsPolicy policy = new(config.Plan, config.Decider, config.Audit, config.Mode == EnforcementMode.Enforce);
        IReadOnlyList<IPEndPoint> servers = config.DnsServers.Count > 0 ? config.DnsServers : ResolvConf.Load("/etc/resolv.conf");
        DnsServerOptions options = new(policy, policy, names, HostsFile.Load("/etc/hosts"), servers, config.Time);
        return new SessionDns(DnsServer.Start(options), names);
    }

    public void Dispose() => _server.Dispose();
}
