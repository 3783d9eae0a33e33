using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary>
/// <c>getpeername(fd, address, length)</c>: of a socket that is connected to the gateway, the address that it asked for, as programs expect. Nothing is decided
/// here: the kernel answers for any other socket, and where this cannot.
/// </summary>
internal sealed unsafe class PeerNameHandler(ISocketAccess access, GatewayRedirect gateway) : ISyscallHandler
{
    public void Handle(SyscallContext context)
    {
        var error = access.Acquire(context, context.ArgInt(0), out var socket);
        if (error == -Errno.EACCES)
        {
            context.ReplyResult(error); // recorded: it has no network
            return;
        }

        SocketAddress? peer;
        using (socket)
        {
            peer = socket is null ? null : gateway.PeerOf(socket);
        }

        if (peer is { } address)
        {
            context.ReplyResult(Write(context, address.Bytes));
            return;
        }

        context.ReplyContinue();
    }

    /// <summary>KERNEL: net/socket.c, move_addr_to_user: as much as fits is written, and how long it is.</summary>
    private static int Write(SyscallContext context, ReadOnlySpan<byte> address)
    {
        var error = context.ReadValue(context.Arg(2), out int room);
        if (error < 0 || room < 0)
        {
            return error < 0 ? error : -Errno.EINVAL;
        }

        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        var length = address.Length;

        // SAFETY: not more is read than the address has.
        fixed (byte* bytes = address)
        {
            error = room == 0 ? 0 : context.WriteMemory(context.Arg(1), bytes, Math.Min(room, length));
        }

        return error < 0 ? error : context.WriteMemory(context.Arg(2), (byte*)&length, sizeof(int));
    }
}
