using System.Net;
using System.Text;
using Leash.Audit;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Sockets;

/// <summary>Decides endpoints and records the outcome.</summary>
internal sealed class SocketPolicy(SocketOptions options)
{
    public const int DnsPort = 53;

    /// <summary>Whether the caller may send to an endpoint.</summary>
    public bool PermitConnect(SyscallContext context, IPEndPoint endPoint, TransportProtocol protocol) =>
        Permit(context, Reachable(endPoint), protocol, PlanAction.NetworkConnect);

    /// <summary>Whether the caller may wait for others at an endpoint. The unspecified address means every address of the machine and stays itself.</summary>
    public bool PermitListen(SyscallContext context, IPEndPoint endPoint, TransportProtocol protocol) =>
        Permit(context, endPoint, protocol, PlanAction.NetworkListen);

    /// <summary>Where traffic to an endpoint really goes: the session's resolver for port 53, or null for anywhere else.</summary>
    public SocketAddress? Redirect(HeldSocket socket, IPEndPoint endPoint)
    {
        if (endPoint.Port != DnsPort || options.Resolver is not { } resolver)
        {
            return null;
        }

        if (socket.Domain == SocketConstants.AF_INET)
        {
            return SocketAddress.Of(resolver, socket.Domain);
        }

        var isV6Only = SocketCalls.GetOption(socket.Fd, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_V6ONLY, out var value) == 0 && value != 0;
        return SocketAddress.Of(isV6Only && options.ResolverV6 is { } v6 ? v6 : resolver, socket.Domain);
    }

    /// <summary>Whether it is where <see cref="Redirect"/> leads to.</summary>
    public bool IsResolver(IPEndPoint endPoint) => endPoint.Equals(options.Resolver) || endPoint.Equals(options.ResolverV6);

    private bool Permit(SyscallContext context, IPEndPoint endPoint, TransportProtocol protocol, PlanAction action)
    {
        var names = options.NamesFor(endPoint.Address).AsSpan();
        var endpoint = new Endpoint(endPoint.Address, endPoint.Port, protocol, names);
        var decider = context.Decider;
        var verdict = decider.DecideEndpoint(context.Principal, endpoint, action);

        // Datagrams come in numbers: what allowed one of them is not spelled out each time.
        var isExplained = !verdict.Allowed || protocol == TransportProtocol.Tcp;
        string[] policies = isExplained ? [.. decider.ExplainEndpoint(context.Principal, endpoint, action).PolicyIds] : [];
        var isUnread = verdict.Allowed && action == PlanAction.NetworkConnect && IsUnread(context, endPoint, protocol, names);
        var isAllowed = verdict.Allowed && !isUnread;
        var isEnforced = context.Services.Mode == EnforcementMode.Enforce;
        var address = Encoding.ASCII.GetBytes(endPoint.Address.ToString());
        context.Services.Audit.Record(new AuditRecord
        {
            Verdict = isAllowed ? AuditVerdict.Allow : isEnforced ? AuditVerdict.Deny : AuditVerdict.WouldDeny,
            Reason = isUnread ? AuditReason.Structural : verdict.Reason switch
            {
                VerdictReason.Permitted => AuditReason.Permit,
                VerdictReason.Forbidden => AuditReason.Forbid,
                VerdictReason.NoPermit => AuditReason.NoPermit,
                VerdictReason.Undecidable => AuditReason.Unresolvable,
            },
            Action = action.Name(),
            Syscall = SyscallNumber.NameOf(context.Number),
            Policies = policies,
            Resource = names.IsEmpty ? address : Encoding.ASCII.GetBytes(names[^1]),
            Address = names.IsEmpty ? [] : address,
            Port = endPoint.Port,
            Protocol = protocol == TransportProtocol.Tcp ? "tcp" : "udp",
            Exe = context.Label.Exe,
            Pid = context.Tgid,
            Tid = context.Tid,
            Principal = context.Principal,
            Errno = isAllowed || !isEnforced ? 0 : Errno.EACCES,
            Detail = isUnread ? "statements on HttpRequest apply to the host, and datagrams (HTTP/3) are not read as requests" : null,
        });
        return isAllowed || !isEnforced;
    }

    /// <summary>Whether datagrams may hold requests that nobody would decide, to a host under whichever of its names they are decided.</summary>
    private static bool IsUnread(SyscallContext context, IPEndPoint endPoint, TransportProtocol protocol, ReadOnlySpan<string> names)
    {
        if (protocol != TransportProtocol.Udp)
        {
            return false;
        }

        for (var i = 0; i < Math.Max(1, names.Length); i++)
        {
            var name = names.IsEmpty ? names : names.Slice(i, 1);
            if (context.Decider.RestrictsRequests(context.Principal, new Endpoint(endPoint.Address, endPoint.Port, TransportProtocol.Tcp, name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a connection to an endpoint ends up.</summary>
    public static IPEndPoint Reachable(IPEndPoint endPoint)
    {
        // KERNEL: connecting to the unspecified address connects to loopback.
        if (endPoint.Address.Equals(IPAddress.Any))
        {
            return new IPEndPoint(IPAddress.Loopback, endPoint.Port);
        }

        return endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port) : endPoint;
    }
}
