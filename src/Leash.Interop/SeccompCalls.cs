using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary><c>struct seccomp_data</c>, linux/seccomp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SeccompData
{
    public int nr;
    public uint arch;
    public ulong instruction_pointer;
    public fixed ulong args[6];
}

/// <summary><c>struct seccomp_notif</c>, linux/seccomp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotif
{
    public ulong id;
    public uint pid;
    public uint flags;
    public SeccompData data;
}

/// <summary><c>struct seccomp_notif_resp</c>, linux/seccomp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotifResp
{
    public ulong id;
    public long val;
    public int error;
    public uint flags;
}

/// <summary><c>struct seccomp_notif_addfd</c>, linux/seccomp.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeccompNotifAddfd
{
    public ulong id;
    public uint flags;
    public uint srcfd;
    public uint newfd;
    public uint newfd_flags;
}

/// <summary>The notification ioctls of a seccomp listener (seccomp_unotify(2)); every method returns a value or minus an errno.</summary>
internal static unsafe class SeccompCalls
{
    public const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    public const uint SECCOMP_RET_ERRNO = 0x00050000;
    public const uint SECCOMP_RET_USER_NOTIF = 0x7fc00000;
    public const uint SECCOMP_RET_ALLOW = 0x7fff0000;

    public const uint SECCOMP_SET_MODE_FILTER = 1;
    public const uint SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    public const uint SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;
    public const uint SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
    public const uint SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1;

    public const uint SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100;
    public const uint SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101;
    public const uint SECCOMP_IOCTL_NOTIF_ID_VALID = 0x40082102;
    public const uint SECCOMP_IOCTL_NOTIF_ADDFD = 0x40182103;
    public const uint SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x40082104;

    public const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    public const uint AUDIT_ARCH_AARCH64 = 0xc00000b7;
    public const uint X32SyscallBit = 0x40000000;

    public static uint NativeArch =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? AUDIT_ARCH_AARCH64 : AUDIT_ARCH_X86_64;

    /// <summary>Blocks until a notification is there. The kernel insists on a zeroed structure.</summary>
    public static long Receive(int listener, ref SeccompNotif notification)
    {
        notification = default;

        // SAFETY: the structure has the kernel's layout (checked by the layout test) and outlives the call.
        fixed (SeccompNotif* pointer = &notification)
        {
            return Kernel.Call(SyscallNumber.ioctl, listener, unchecked((nint)SECCOMP_IOCTL_NOTIF_RECV), (nint)pointer);
        }
    }

    public static long Send(int listener, ulong id, long value, int errno, uint flags)
    {
        SeccompNotifResp response = new() { id = id, val = value, error = -errno, flags = flags };

        // SAFETY: a local of the kernel's layout.
        return Kernel.Call(SyscallNumber.ioctl, listener, unchecked((nint)SECCOMP_IOCTL_NOTIF_SEND), (nint)(&response));
    }

    /// <summary>True while the caller still waits in this very system call, so that what was read by its pid is its own.</summary>
    public static bool IsValid(int listener, ulong id) =>
        // SAFETY: the kernel reads eight bytes of a local.
        Kernel.Call(SyscallNumber.ioctl, listener, unchecked((nint)SECCOMP_IOCTL_NOTIF_ID_VALID), (nint)(&id)) == 0;

    /// <summary>Installs a duplicate of <paramref name="fd"/> in the caller; returns its number there.</summary>
    public static long AddFd(int listener, ulong id, int fd, uint newFdFlags)
    {
        SeccompNotifAddfd request = new() { id = id, srcfd = (uint)fd, newfd_flags = newFdFlags };

        // SAFETY: a local of the kernel's layout.
        return Kernel.Call(SyscallNumber.ioctl, listener, unchecked((nint)SECCOMP_IOCTL_NOTIF_ADDFD), (nint)(&request));
    }

    /// <summary>True when no process is left under the filter.</summary>
    public static bool IsAbandoned(int listener)
    {
        PollFd poll = new() { fd = listener };
        TimeSpec zero = default;

        // SAFETY: one element and a local timeout.
        long ready = Kernel.Call(SyscallNumber.ppoll, (nint)(&poll), 1, (nint)(&zero));
        const short hangUp = 0x10;
        return ready > 0 && (poll.revents & hangUp) != 0;
    }

    public static long SetFlags(int listener, ulong flags) =>
        Kernel.Call(SyscallNumber.ioctl, listener, unchecked((nint)SECCOMP_IOCTL_NOTIF_SET_FLAGS), (nint)flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long tv_sec;
        public readonly long tv_nsec;
    }
}
