using Leash.Enforcement.Seccomp;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary><c>connect(fd, address, length)</c>.</summary>
internal sealed class ConnectHandler(ISocketAccess access, Connector connector) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        var error = access.Acquire(context, context.ArgInt(0), out var socket);
        if (socket is null)
        {
            context.ReplyResult(error);
            return;
        }

        long result;
        using (socket)
        {
            error = SocketAddress.Read(context, context.Arg(1), context.ArgInt(2), out var address);
            result = error < 0 ? error : connector.Connect(context, socket, address);
            if (result is 0 or -Errno.EINPROGRESS)
            {
                access.Settled(socket);
            }
        }

        // After our duplicate is closed: were it open when the caller closes its own, the address would still be in use.
        context.ReplyResult(result);
    }
}

/// <summary><c>socket(domain, type, protocol)</c> and <c>socketpair</c> for kinds that the filter does not pass: values only, so what is governed goes on in the kernel.</summary>
internal sealed class SocketHandler(ISocketAccess access) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        var (domain, type, protocol) = (context.ArgInt(0), context.ArgInt(1), context.ArgInt(2));
        if (SocketDenial.ErrnoFor(domain, type, protocol) is not 0 and var errno)
        {
            context.DenyStructurally(errno, "no policy governs this kind of socket", SocketDenial.Describe(domain, type, protocol));
            return;
        }

        access.Create(context, domain, type, protocol);
    }
}

/// <summary><c>listen(fd, backlog)</c>: decided on the address that the socket really has.</summary>
internal sealed class ListenHandler(ISocketAccess access, SocketPolicy policy) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        var error = access.Acquire(context, context.ArgInt(0), out var socket);
        if (socket is null)
        {
            context.ReplyResult(error);
            return;
        }

        int result;
        using (socket)
        {
            result = Listen(context, socket);
            if (result == 0)
            {
                access.Settled(socket);
            }
        }

        context.ReplyResult(result);
    }

    private int Listen(SyscallContext context, HeldSocket socket)
    {
        if (socket.IsInet && socket.IsStream)
        {
            if (socket.Transport is not { } transport)
            {
                return SocketDenial.Domain(context, socket);
            }

            Span<byte> bytes = stackalloc byte[SocketAddress.MaxLength];
            var length = SocketCalls.GetName(socket.Fd, bytes);
            if (length < 0)
            {
                return length;
            }

            // An unbound socket says the unspecified address and port 0: listening would bind it to every address.
            var error = SocketAddress.Of(bytes[..length]).ToEndPoint(socket.Domain, out var endPoint);
            if (error < 0)
            {
                return error;
            }

            if (!policy.PermitListen(context, endPoint, transport))
            {
                return -Errno.EACCES;
            }
        }
        else if (!socket.IsInet && socket.Domain != AF_UNIX)
        {
            return SocketDenial.Domain(context, socket);
        }

        return context.IsStillValid() ? SocketCalls.Listen(socket.Fd, context.ArgInt(1)) : -Errno.EINTR;
    }
}

/// <summary><c>bind(fd, address, length)</c>.</summary>
internal sealed class BindHandler(ISocketAccess access, SocketPolicy policy, UnixPaths unixPaths) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        var error = access.Acquire(context, context.ArgInt(0), out var socket);
        if (socket is null)
        {
            context.ReplyResult(error);
            return;
        }

        long result;
        using (socket)
        {
            error = SocketAddress.Read(context, context.Arg(1), context.ArgInt(2), out var address);
            result = error < 0 ? error : Bind(context, socket, address);
        }

        context.ReplyResult(result);
    }

    private long Bind(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        switch (socket.Domain)
        {
            case AF_INET or AF_INET6:
                return BindInet(context, socket, address);
            case AF_UNIX when address.ToUnixName() is { Kind: UnixNameKind.Path } name:
                return unixPaths.Bind(context, socket, name.Bytes);
            // Abstract and automatic names, and the kernel's own complaints about anything else, concern no file.
            case AF_UNIX:
            case AF_NETLINK when socket.Protocol == NETLINK_ROUTE:
                return Perform(context, socket, address);
            default:
                return SocketDenial.Domain(context, socket);
        }
    }

    private int BindInet(SyscallContext context, HeldSocket socket, SocketAddress address)
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

        // Port 0 is a client choosing its source address; should it listen after all, that is decided then.
        if (endPoint.Port != 0 && !policy.PermitListen(context, endPoint, transport))
        {
            return -Errno.EACCES;
        }

        return Perform(context, socket, address);
    }

    private int Perform(SyscallContext context, HeldSocket socket, SocketAddress address)
    {
        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        var result = SocketCalls.Bind(socket.Fd, address.Bytes);
        return result == -Errno.EADDRINUSE && access.ReleaseAbandoned() ? SocketCalls.Bind(socket.Fd, address.Bytes) : result;
    }
}
