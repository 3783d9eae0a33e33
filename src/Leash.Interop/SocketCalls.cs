using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary><c>struct msghdr</c> as the kernel has it (user_msghdr), 64-bit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MsgHdr
{
    public nint msg_name;
    public int msg_namelen;
    public nint msg_iov;
    public nuint msg_iovlen;
    public nint msg_control;
    public nuint msg_controllen;
    public uint msg_flags;
}

/// <summary><c>struct mmsghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MMsgHdr
{
    public MsgHdr msg_hdr;
    public uint msg_len;
}

/// <summary><c>struct cmsghdr</c>; data follows, padded to eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CMsgHdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}

/// <summary><c>struct ucred</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UCred
{
    public int pid;
    public uint uid;
    public uint gid;
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary>Kernel <c>struct timeval</c> and <c>struct timespec</c>: two 64-bit numbers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelTime
{
    public long seconds;
    public long fraction;
}

/// <summary>Socket calls on descriptors of this process. Results are values, or minus an errno.</summary>
internal static unsafe class SocketCalls
{
    private const int PIDFD_THREAD = 0x80;

    public static int Socket(int domain, int type, int protocol) => (int)Kernel.Call(SyscallNumber.socket, domain, type, protocol);

    public static int Connect(int fd, ReadOnlySpan<byte> address)
    {
        // SAFETY: the kernel reads `address.Length` bytes.
        fixed (byte* pointer = address)
        {
            return (int)Kernel.Call(SyscallNumber.connect, fd, (nint)pointer, address.Length);
        }
    }

    public static int Bind(int fd, ReadOnlySpan<byte> address)
    {
        // SAFETY: as in Connect.
        fixed (byte* pointer = address)
        {
            return (int)Kernel.Call(SyscallNumber.bind, fd, (nint)pointer, address.Length);
        }
    }

    public static int Listen(int fd, int backlog) => (int)Kernel.Call(SyscallNumber.listen, fd, backlog);

    /// <summary>The local address; returns its length.</summary>
    public static int GetName(int fd, Span<byte> destination) => GetName(SyscallNumber.getsockname, fd, destination);

    /// <summary>The address of the other side; returns its length.</summary>
    public static int GetPeerName(int fd, Span<byte> destination) => GetName(SyscallNumber.getpeername, fd, destination);

    private static int GetName(int call, int fd, Span<byte> destination)
    {
        int length = destination.Length;

        // SAFETY: the kernel writes at most `length` bytes and the real length.
        fixed (byte* pointer = destination)
        {
            long result = Kernel.Call(call, fd, (nint)pointer, (nint)(&length));
            return result < 0 ? (int)result : Math.Min(length, destination.Length);
        }
    }

    public static int GetOption(int fd, int level, int option, out int value)
    {
        int result = 0;
        int length = sizeof(int);

        // SAFETY: two locals.
        long status = Kernel.Call(SyscallNumber.getsockopt, fd, level, option, (nint)(&result), (nint)(&length));
        value = result;
        return (int)status;
    }

    /// <summary>SO_SNDTIMEO; null when sends may wait for ever.</summary>
    public static TimeSpan? GetSendTimeout(int fd)
    {
        KernelTime time = default;
        int length = sizeof(KernelTime);

        // SAFETY: two locals.
        long status = Kernel.Call(SyscallNumber.getsockopt, fd, SocketConstants.SOL_SOCKET, SocketConstants.SO_SNDTIMEO, (nint)(&time), (nint)(&length));
        bool isSet = status == 0 && (time.seconds > 0 || time.fraction > 0) && time.seconds < int.MaxValue;
        return isSet ? TimeSpan.FromSeconds(time.seconds) + TimeSpan.FromMicroseconds(time.fraction) : null;
    }

    public static int GetStatusFlags(int fd) => (int)Kernel.Call(SyscallNumber.fcntl, fd, SocketConstants.F_GETFL);

    public static int SetStatusFlags(int fd, int flags) => (int)Kernel.Call(SyscallNumber.fcntl, fd, SocketConstants.F_SETFL, flags);

    /// <summary>Sends one message from this process's memory.</summary>
    public static long SendMessage(int fd, ReadOnlySpan<byte> name, byte* data, nuint length, ReadOnlySpan<byte> control, int flags)
    {
        IoVec vector = new() { iov_base = (nint)data, iov_len = length };

        // SAFETY: everything pointed to outlives the call; lengths are those of the spans.
        fixed (byte* namePointer = name, controlPointer = control)
        {
            MsgHdr header = new()
            {
                msg_name = (nint)namePointer,
                msg_namelen = name.Length,
                msg_iov = (nint)(&vector),
                msg_iovlen = 1,
                msg_control = (nint)controlPointer,
                msg_controllen = (nuint)control.Length,
            };
            return Kernel.Call(SyscallNumber.sendmsg, fd, (nint)(&header), flags);
        }
    }

    /// <summary>Waits until the events (or an error) are there: 1, or 0 when the time is over first.</summary>
    public static int Poll(int fd, short events, int milliseconds)
    {
        PollFd poll = new() { fd = fd, events = events };
        KernelTime time = new() { seconds = milliseconds / 1000, fraction = milliseconds % 1000 * 1_000_000L };

        // SAFETY: two locals; no signal mask.
        return (int)Kernel.Call(SyscallNumber.ppoll, (nint)(&poll), 1, (nint)(&time), 0, 8);
    }

    /// <summary>A handle on a thread (Linux 6.9); EINVAL or ESRCH from older kernels.</summary>
    public static int OpenThread(int tid) => (int)Kernel.Call(SyscallNumber.pidfd_open, tid, PIDFD_THREAD);

    /// <summary>A handle on a process.</summary>
    public static int OpenProcess(int tgid) => (int)Kernel.Call(SyscallNumber.pidfd_open, tgid, 0);

    /// <summary>A duplicate of another process's descriptor, close-on-exec.</summary>
    public static int GetFd(int pidfd, int fd) => (int)Kernel.Call(SyscallNumber.pidfd_getfd, pidfd, fd, 0);

    public static int Signal(int tgid, int tid, int signal) => (int)Kernel.Call(SyscallNumber.tgkill, tgid, tid, signal);
}
