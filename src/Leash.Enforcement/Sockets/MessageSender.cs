using System.Buffers;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>Decides on a message's destination and sends it for the caller. Results are byte counts, or minus an errno.</summary>
internal sealed unsafe class MessageSender(Connector connector)
{
    /// <summary>Streams go in pieces of this size, so that a send of any length takes bounded memory.</summary>
    private const int PieceLength = 256 * 1024;

    /// <summary>No datagram is longer: UDP's limit is 64 KiB, a unix socket's is its send buffer.</summary>
    private const int MaxDatagram = 8 << 20;

    /// <summary>MSG_ZEROCOPY would let the kernel read the supervisor's buffer after it went to other use.</summary>
    private const int NeverPassed = MSG_ZEROCOPY | MSG_FASTOPEN;

    public long Send(SyscallContext context, HeldSocket socket, OutgoingMessage message, int flags)
    {
        if ((flags & MSG_ZEROCOPY) != 0)
        {
            // As when the socket's option memory is used up, which callers have to expect.
            return -Errno.ENOBUFS;
        }

        var error = Authorize(context, socket, message, flags);
        if (error < 0)
        {
            return error;
        }

        var result = socket.IsStream ? SendStream(context, socket, message, flags) : SendDatagram(context, socket, message, flags);
        if (result == -Errno.EPIPE && socket.IsStream && (flags & MSG_NOSIGNAL) == 0)
        {
            // The kernel signals whoever sends, and that was the supervisor.
            SocketCalls.Signal(context.Tgid, context.Tid, SIGPIPE);
        }

        return result;
    }

    private long Authorize(SyscallContext context, HeldSocket socket, OutgoingMessage message, int flags)
    {
        if (socket.IsInet && socket.IsStream)
        {
            var name = message.Name;

            // KERNEL: a stream disregards the address, except to connect and send in one call. That is done in two here: the same to
            // everyone but a clock.
            message.Name = default;
            if ((flags & MSG_FASTOPEN) == 0)
            {
                return 0;
            }

            var connected = name.IsEmpty ? -Errno.EINVAL : connector.Connect(context, socket, name);
            return connected is -Errno.EISCONN ? 0 : connected;
        }

        if (message.Name.IsEmpty || (socket.Domain == AF_UNIX && socket.Type != SOCK_DGRAM))
        {
            // A connected unix stream complains about a name without looking at it; others disregard it.
            message.Name = socket.Domain == AF_UNIX && socket.IsStream ? message.Name : default;
            return 0;
        }

        if (socket.Domain == AF_INET6 && message.Name.Family == AF_UNSPEC)
        {
            // KERNEL: udpv6_sendmsg takes this for "no address".
            message.Name = default;
            return 0;
        }

        var address = message.Name;
        var error = connector.Authorize(context, socket, ref address);
        message.Name = address;
        return error;
    }

    private static long SendDatagram(SyscallContext context, HeldSocket socket, OutgoingMessage message, int flags)
    {
        if (message.Length > MaxDatagram)
        {
            return -Errno.EMSGSIZE;
        }

        var length = (int)message.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            var error = message.CopyPayload(context, 0, buffer.AsSpan(0, length));
            if (error < 0)
            {
                return error;
            }

            return context.IsStillValid() ? SendPiece(context, socket, message, buffer.AsSpan(0, length), message.Control, flags) : -Errno.EINTR;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long SendStream(SyscallContext context, HeldSocket socket, OutgoingMessage message, int flags)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(message.Length, 1, PieceLength));
        try
        {
            ulong sent = 0;
            do
            {
                var count = (int)Math.Min(message.Length - sent, PieceLength);
                long result = message.CopyPayload(context, sent, buffer.AsSpan(0, count));
                if (result == 0 && !context.IsStillValid())
                {
                    result = -Errno.EINTR;
                }

                for (var done = 0; result >= 0 && (done < count || count == 0);)
                {
                    // Control data travels with the first byte.
                    var control = sent + (ulong)done == 0 ? message.Control : [];
                    result = SendPiece(context, socket, message, buffer.AsSpan(done, count - done), control, flags);
                    if (result >= 0)
                    {
                        done += (int)result;
                        if (count == 0)
                        {
                            return 0;
                        }
                    }
                    else
                    {
                        sent += (ulong)done;
                    }
                }

                if (result < 0)
                {
                    return sent > 0 ? (long)sent : result;
                }

                sent += (ulong)count;
            }
            while (sent < message.Length);

            return (long)sent;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One send, waiting for room as the caller would.</summary>
    private static long SendPiece(SyscallContext context, HeldSocket socket, OutgoingMessage message, ReadOnlySpan<byte> data, ReadOnlySpan<byte> control, int flags)
    {
        // SAFETY: the span is pinned for the calls.
        fixed (byte* pointer = data)
        {
            var effective = (flags & ~NeverPassed) | MSG_DONTWAIT | MSG_NOSIGNAL;
            var result = SocketCalls.SendMessage(socket.Fd, message.Name.Bytes, pointer, (nuint)data.Length, control, effective);
            if (result != -Errno.EAGAIN || (flags & MSG_DONTWAIT) != 0 || socket.IsNonBlocking)
            {
                return result;
            }

            using var scope = context.TryBlock();
            var started = TimeProvider.System.GetTimestamp();
            var timeout = SocketCalls.GetSendTimeout(socket.Fd);
            for (var attempt = 0; result == -Errno.EAGAIN && scope is not null; attempt++)
            {
                // A unix datagram's receiver can be full while our own socket is writable: then there is nothing to poll for.
                var outcome = socket.Domain == AF_UNIX && !socket.IsStream
                    ? Waiting.BeforeRetry(context, attempt, started, timeout)
                    : Waiting.ForEvents(context, socket.Fd, POLLOUT, timeout);
                if (outcome != WaitOutcome.Ready)
                {
                    return outcome == WaitOutcome.Interrupted ? -Errno.EINTR : -Errno.EAGAIN;
                }

                result = SocketCalls.SendMessage(socket.Fd, message.Name.Bytes, pointer, (nuint)data.Length, control, effective);
            }

            return result;
        }
    }
}
