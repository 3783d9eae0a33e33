using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary><c>sendto(fd, data, length, flags, address, addressLength)</c> with an address.</summary>
internal sealed class SendToHandler(ISocketAccess access, MessageSender sender) : ISyscallHandler
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
            result = Send(context, socket);
        }

        context.ReplyResult(result);
    }

    private long Send(SyscallContext context, HeldSocket socket)
    {
        var error = SocketAddress.Read(context, context.Arg(4), context.Arg(4) == 0 ? 0 : context.ArgInt(5), out var address);
        if (error < 0)
        {
            return error;
        }

        using var message = OutgoingMessage.ForBuffer(context.Arg(1), context.Arg(2), address);
        return sender.Send(context, socket, message, context.ArgInt(3));
    }
}

/// <summary><c>sendmsg(fd, message, flags)</c>.</summary>
internal sealed class SendMessageHandler(ISocketAccess access, MessageSender sender) : ISyscallHandler
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
            error = context.ReadValue(context.Arg(1), out MsgHdr header);
            result = error < 0 ? error : Send(context, access, sender, socket, header, context.ArgInt(2));
        }

        context.ReplyResult(result);
    }

    internal static long Send(SyscallContext context, ISocketAccess access, MessageSender sender, HeldSocket socket, in MsgHdr header, int flags)
    {
        var error = OutgoingMessage.Read(context, access, socket, header, out var message);
        using (message)
        {
            return error < 0 ? error : sender.Send(context, socket, message, flags);
        }
    }
}

/// <summary><c>sendmmsg(fd, messages, count, flags)</c>: each message is decided by itself; the first that fails ends the call.</summary>
internal sealed unsafe class SendMultipleHandler(ISocketAccess access, MessageSender sender) : ISyscallHandler
{
    private const uint MaxMessages = 1024;

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
            result = SendAll(context, socket);
        }

        context.ReplyResult(result);
    }

    private long SendAll(SyscallContext context, HeldSocket socket)
    {
        var count = Math.Min((uint)context.Arg(2), MaxMessages);
        for (uint i = 0; i < count; i++)
        {
            var at = context.Arg(1) + (i * (ulong)sizeof(MMsgHdr));
            long result = context.ReadValue(at, out MMsgHdr header);
            if (result == 0)
            {
                result = SendMessageHandler.Send(context, access, sender, socket, header.msg_hdr, context.ArgInt(3));
                context.Target.Release();
            }

            if (result >= 0)
            {
                var length = (uint)result;
                var error = context.WriteMemory(at + (ulong)sizeof(MsgHdr), (byte*)&length, sizeof(uint));
                result = error < 0 ? error : result;
            }

            if (result < 0)
            {
                return i > 0 ? i : result;
            }
        }

        return count;
    }
}

/// <summary>
/// Sends where sockets are brokered. The filter notifies only MSG_FASTOPEN, which would connect to an address in the caller's memory: nothing else of a
/// send has an effect there that needs a decision.
/// </summary>
internal sealed class FastOpenRefusal : ISyscallHandler
{
    public void Handle(SyscallContext context) => context.ReplyErrno(Errno.EOPNOTSUPP);
}
