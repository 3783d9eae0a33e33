using System.Net;
using System.Text;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>Decides where a socket may send and performs connects. Results are 0 or minus an errno.</summary>
internal sealed class Connector(SocketPolicy policy, UnixPaths unixPaths, GatewayRedirect? gateway)
{
    /// <summary>Connects the socket to the address if that is permitted, waiting as the caller would.</summary>
    public long Connect(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        if (address.Family < 0)
        {
            return -Errno.EINVAL;
        }

        // AF_UNSPEC dissolves an association; it reaches nobody.
        if (address.Family != AF_UNSPEC || socket.Domain is AF_UNIX)
        {
            var error = Authorize(context, socket, ref address);
            if (error < 0)
            {
                return error;
            }
        }

        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        if (gateway is not null && Redirected(context, socket, address) is { } connection)
        {
            return ConnectToGateway(context, socket, address, connection);
        }

        return socket.IsNonBlocking || socket.Type is not (SOCK_STREAM or SOCK_SEQPACKET)
            ? SocketCalls.Connect(socket.Fd, address.Bytes)
            : ConnectBlocking(context, socket, address);
    }

    /// <summary>
    /// Decides on a destination. On success the address is what has to be given to the kernel: the resolver's for port 53, and for a
    /// unix path the object that it named when it was decided.
    /// </summary>
    public int Authorize(SyscallContext context, HeldSocket socket, ref SocketAddress address)
    {
        switch (socket.Domain)
        {
            case AF_INET or AF_INET6:
                return AuthorizeInet(context, socket, ref address);
            case AF_UNIX:
                return AuthorizeUnix(context, ref address);
            case AF_NETLINK when socket.Protocol == NETLINK_ROUTE:
                return 0;
            default:
                return SocketDenial.Domain(context, socket);
        }
    }

    private int AuthorizeInet(SyscallContext context, HeldSocket socket, ref SocketAddress address)
    {
        var error = address.ToEndPoint(socket.Domain, out var endPoint);
        if (error < 0)
        {
            return error;
        }

        if (socket.Transport is not { } transport)
        {
            return SocketDenial.Domain(context, socket);
        }

        if (policy.Redirect(socket, endPoint) is { } resolver)
        {
            address = resolver;
            return 0;
        }

        if (transport == TransportProtocol.Tcp && gateway?.IsGateway(endPoint) == true)
        {
            context.DenyStructurally(Errno.EACCES, "the session's gateway takes connections that go somewhere else", Encoding.ASCII.GetBytes(endPoint.ToString()));
            return -Errno.EACCES;
        }

        return policy.PermitConnect(context, endPoint, transport) ? 0 : -Errno.EACCES;
    }

    // After the decision: the resolver's address and what leads nowhere are not the gateway's business.
    private RedirectedConnection? Redirected(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        if (!socket.IsInet || socket.Transport != TransportProtocol.Tcp || address.Family == AF_UNSPEC
            || address.ToEndPoint(socket.Domain, out var endPoint) < 0 || policy.IsResolver(endPoint))
        {
            return null;
        }

        var destination = SocketPolicy.Reachable(endPoint);
        return gateway!.Takes(destination) ? new(destination, context.Tgid, context.Label.Exe.ToArray(), context.Principal) : null;
    }

    private long ConnectToGateway(SyscallContext context, HeldSocket socket, SocketAddress address, RedirectedConnection connection)
    {
        if (socket.IsNonBlocking)
        {
            return gateway!.Connect(socket, address, connection, out _);
        }

        var flags = SocketCalls.GetStatusFlags(socket.Fd);
        SocketCalls.SetStatusFlags(socket.Fd, flags | OpenFlags.O_NONBLOCK);
        try
        {
            long result = gateway!.Connect(socket, address, connection, out var used);
            return result is -Errno.EINPROGRESS or -Errno.EALREADY ? AwaitConnect(context, socket, used) : result;
        }
        finally
        {
            SocketCalls.SetStatusFlags(socket.Fd, flags);
        }
    }

    private int AuthorizeUnix(SyscallContext context, ref SocketAddress address)
    {
        var name = address.ToUnixName();
        switch (name.Kind)
        {
            case UnixNameKind.Path:
                return unixPaths.AuthorizeConnect(context, name.Bytes, ref address);
            case UnixNameKind.Abstract:
                return context.PermitPath(PlanActionMask.UnixConnect, name.ToPolicyName()) ? 0 : -Errno.EACCES;
            case UnixNameKind.Unnamed or UnixNameKind.Invalid:
                return -Errno.EINVAL;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>A blocking connect, performed without blocking so that death and signals of the caller are noticed.</summary>
    private static long ConnectBlocking(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        // The flag belongs to the open file description, which the caller shares: it is put back before the reply.
        var flags = SocketCalls.GetStatusFlags(socket.Fd);
        SocketCalls.SetStatusFlags(socket.Fd, flags | OpenFlags.O_NONBLOCK);
        try
        {
            long result = SocketCalls.Connect(socket.Fd, address.Bytes);
            return result switch
            {
                // EALREADY: the caller's earlier connect was interrupted and is still going on.
                -Errno.EINPROGRESS or -Errno.EALREADY => AwaitConnect(context, socket, address),
                -Errno.EAGAIN when socket.Domain == AF_UNIX => RetryConnect(context, socket, address),
                _ => result,
            };
        }
        finally
        {
            SocketCalls.SetStatusFlags(socket.Fd, flags);
        }
    }

    private static long AwaitConnect(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        // Loopback connects are through at once.
        if (SocketCalls.Poll(socket.Fd, POLLOUT, 0) <= 0)
        {
            using var scope = context.TryBlock();
            if (scope is null)
            {
                return -Errno.EAGAIN;
            }

            switch (Waiting.ForEvents(context, socket.Fd, POLLOUT, SocketCalls.GetSendTimeout(socket.Fd)))
            {
                case WaitOutcome.Interrupted:
                    return -Errno.EINTR;
                case WaitOutcome.TimedOut:
                    return -Errno.EINPROGRESS;
                case WaitOutcome.Ready:
                    break;
            }
        }

        // The second call collects the outcome; in this state the kernel disregards the address.
        return SocketCalls.Connect(socket.Fd, address.Bytes);
    }

    private static long RetryConnect(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        // A full backlog: the kernel has no event for "there is room again".
        using var scope = context.TryBlock();
        if (scope is null)
        {
            return -Errno.EAGAIN;
        }

        var started = TimeProvider.System.GetTimestamp();
        var timeout = SocketCalls.GetSendTimeout(socket.Fd);
        long result = -Errno.EAGAIN;
        for (var attempt = 0; result == -Errno.EAGAIN; attempt++)
        {
            switch (Waiting.BeforeRetry(context, attempt, started, timeout))
            {
                case WaitOutcome.Interrupted:
                    return -Errno.EINTR;
                case WaitOutcome.TimedOut:
                    return -Errno.EAGAIN;
                case WaitOutcome.Ready:
                    result = SocketCalls.Connect(socket.Fd, address.Bytes);
                    break;
            }
        }

        return result;
    }
}
