using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Enforcement.Files;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Gateway.Dns;
using Leash.Plan;

namespace Leash.Sessions.Native;

/// <summary>The resolver that the session is pointed at, with the session's plan as its policy and the session's log as its log.</summary>
internal sealed class SessionDns : IDisposable
{
    private const string ResolvConfPath = "/etc/resolv.conf";
    private const string GrpcResolver = "GRPC_DNS_RESOLVER";
    private readonly DnsServer _server;
    private readonly NameTable _names;
    private readonly SessionDnsPolicy _policy;

    private SessionDns(DnsServer server, DnsServerOptions options, SessionDnsPolicy policy) =>
        (_server, Options, _names, _policy) = (server, options, options.Names, policy);

    /// <summary>What answers, for whoever asks without a socket.</summary>
    public DnsServerOptions Options { get; }

    public SocketOptions Sockets => new()
    {
        NamesFor = _names.NamesFor,
        Resolver = _server.EndPoint,
        ResolverV6 = _server.EndPointV6,
    };

    /// <summary>Has gRPC ask by the system's resolver where redirection alone has to do: its own checks where an answer came from.</summary>
    public IReadOnlyList<EnvironmentEdit> Variables =>
        _server.EndPoint.Port == ResolvConf.DnsPort || Environment.GetEnvironmentVariable(GrpcResolver) is not null ? [] : [new(GrpcResolver, "native")];

    /// <summary>The names that addresses were learnt under.</summary>
    public NameTable Names => _names;

    /// <summary>Where port 53 goes, for programs in the kernel.</summary>
    public void Describe(ref LeashSession state)
    {
        state.dns4 = MemoryMarshal.Read<uint>(_server.EndPoint.Address.GetAddressBytes());
        state.dns_port = (ushort)_server.EndPoint.Port;
    }

    /// <summary>
    /// The resolv.conf that the session reads. Redirection alone serves most programs; those that check where an answer came from (c-ares, musl)
    /// have to know the resolver's own address, and without datagram sockets every resolver has to be told to use TCP. Null when there is
    /// nothing to say, or no way: the file cannot name a port.
    /// </summary>
    public FileSubstitute? ResolverFile(bool brokeredSockets)
    {
        string? text = ResolvConf.Rewrite(
            ReadResolvConf(), _server.EndPoint.Port == ResolvConf.DnsPort ? _server.EndPoint.Address : null, brokeredSockets);
        if (text is null || !File.Exists(ResolvConfPath))
        {
            return null;
        }

        string path = File.ResolveLinkTarget(ResolvConfPath, returnFinalTarget: true)?.FullName ?? ResolvConfPath;
        return new FileSubstitute(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(text));
    }

    public static SessionDns Start(SessionConfig config)
    {
        NameTable names = new(config.Time);
        SessionDnsPolicy policy = new(config.Plan, config.Decider, config.Audit, config.Mode == EnforcementMode.Enforce);
        IReadOnlyList<IPEndPoint> servers = config.DnsServers.Count > 0 ? config.DnsServers : ResolvConf.Parse(ReadResolvConf());
        DnsServerOptions options = new(policy, policy, names, HostsFile.Load("/etc/hosts"), servers, config.Time);
        return new SessionDns(DnsServer.Start(options), options, policy);
    }

    /// <summary>Answers by another plan from now on.</summary>
    public void Exchange(EnforcementPlan plan, PlanDecider decider) => _policy.Exchange(plan, decider);

    private static string ReadResolvConf()
    {
        try
        {
            return File.ReadAllText(ResolvConfPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public void Dispose() => _server.Dispose();
}
