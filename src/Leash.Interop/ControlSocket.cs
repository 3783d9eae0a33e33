using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>Message sockets that carry descriptors and the sender's pid, unix(7).</summary>
internal static unsafe class ControlSocket
{
    public const int MaxDescriptors = 8;

    private const int AF_UNIX = 1;
    private const int SOCK_SEQPACKET = 5;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_PASSCRED = 16;
    private const int SCM_RIGHTS = 1;
    private const int SCM_CREDENTIALS = 2;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;
    private const int MSG_CTRUNC = 8;
    private const int MSG_TRUNC = 0x20;
    private const int ControlCapacity = 256;
    private const int ControlHeader = 16;

    /// <summary>A connected pair, both closed on exec; the first receives its peers' pids. 0 or minus an errno.</summary>
    public static int CreatePair(out int first, out int second)
    {
        int* pair = stackalloc int[2];

        // SAFETY: the kernel writes two descriptors; the option is one int.
        int result = (int)Kernel.Call(SyscallNumber.socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, (nint)pair);
        (first, second) = result < 0 ? (-1, -1) : (pair[0], pair[1]);
        if (result < 0)
        {
            return result;
        }

        int one = 1;
        return (int)Kernel.Call(SyscallNumber.setsockopt, first, SOL_SOCKET, SO_PASSCRED, (nint)(&one), sizeof(int));
    }

    /// <summary>Sends one message with at most <see cref="MaxDescriptors"/> descriptors. 0 or minus an errno.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[ControlCapacity];
        int length = 0;
        if (!descriptors.IsEmpty)
        {
            length = ControlHeader + (descriptors.Length * sizeof(int));
            *(nuint*)control = (nuint)length;
            *(int*)(control + 8) = SOL_SOCKET;
            *(int*)(control + 12) = SCM_RIGHTS;
            descriptors.CopyTo(new Span<int>(control + ControlHeader, descriptors.Length));
        }

        // SAFETY: `bytes` is pinned and `control` is on the stack for the call.
        fixed (byte* data = bytes)
        {
            IoVector part = new() { iov_base = data, iov_len = (nuint)bytes.Length };
            MessageHeader header = new()
            {
                msg_iov = &part,
                msg_iovlen = 1,
                msg_control = length == 0 ? null : control,
                msg_controllen = (nuint)((length + 7) & ~7),
            };
            long sent = Retry(SyscallNumber.sendmsg, socket, &header, MSG_NOSIGNAL);
            return sent < 0 ? (int)sent : 0;
        }
    }

    /// <summary>Receives one message: its length, 0 at the end, or minus an errno. The sender's pid is as seen from here, 0 when not told.</summary>
    public static int Receive(int socket, Span<byte> destination, out int senderPid, out int descriptor)
    {
        byte* control = stackalloc byte[ControlCapacity];
        senderPid = 0;
        descriptor = -1;

        // SAFETY: `destination` is pinned and `control` is on the stack for the call.
        fixed (byte* data = destination)
        {
            IoVector part = new() { iov_base = data, iov_len = (nuint)destination.Length };
            MessageHeader header = new() { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = ControlCapacity };
            long got = Retry(SyscallNumber.recvmsg, socket, &header, MSG_CMSG_CLOEXEC);
            if (got <= 0)
            {
                return (int)got;
            }

            ReadControl(new ReadOnlySpan<byte>(control, (int)header.msg_controllen), ref senderPid, ref descriptor);
            return (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ? -Errno.EMSGSIZE : (int)got;
        }
    }

    private static void ReadControl(ReadOnlySpan<byte> control, ref int senderPid, ref int descriptor)
    {
        while (control.Length >= ControlHeader)
        {
            int length = (int)MemoryMarshal.Read<ulong>(control);
            if (length < ControlHeader || length > control.Length)
            {
                return;
            }

            int type = MemoryMarshal.Read<int>(control[12..]);
            ReadOnlySpan<byte> payload = control[ControlHeader..length];
            if (type == SCM_RIGHTS && payload.Length >= sizeof(int))
            {
                descriptor = MemoryMarshal.Read<int>(payload);
            }
            else if (type == SCM_CREDENTIALS && payload.Length >= sizeof(int))
            {
                senderPid = MemoryMarshal.Read<int>(payload);
            }

            control = control[Math.Min((length + 7) & ~7, control.Length)..];
        }
    }

    private static long Retry(int number, int socket, MessageHeader* header, int flags)
    {
        long result;
        do
        {
            // SAFETY: the header and what it points to belong to the caller's frame.
            result = Kernel.Call(number, socket, (nint)header, flags);
        }
        while (result == -Errno.EINTR);
        return result;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* iov_base;
        public nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* msg_name;
        public uint msg_namelen;
        public IoVector* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }
}
