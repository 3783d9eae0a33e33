using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary><c>struct pollfd</c>, poll.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary>Reading, writing and waiting on raw descriptors. Interrupted calls are repeated; results are counts or minus an errno.</summary>
internal static unsafe class Descriptors
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;

    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const uint MFD_CLOEXEC = 1;
    private const int O_CLOEXEC = OpenFlags.O_CLOEXEC;

    public static int Read(int fd, Span<byte> destination)
    {
        // SAFETY: pinned for the call, bounded by the span.
        fixed (byte* pointer = destination)
        {
            long got;
            do
            {
                got = Kernel.Call(SyscallNumber.read, fd, (nint)pointer, destination.Length);
            }
            while (got == -Errno.EINTR);
            return (int)got;
        }
    }

    /// <summary>Writes everything, waiting as long as it takes. 0 or minus an errno.</summary>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        // SAFETY: pinned for the call, bounded by the span.
        fixed (byte* pointer = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                long written = Kernel.Call(SyscallNumber.write, fd, (nint)(pointer + done), bytes.Length - done);
                if (written == -Errno.EAGAIN)
                {
                    // The terminal may be shared with a program that made it non-blocking.
                    Span<PollDescriptor> ready = [new() { fd = fd, events = POLLOUT }];
                    Poll(ready, -1);
                }
                else if (written < 0 && written != -Errno.EINTR)
                {
                    return (int)written;
                }

                done += (int)Math.Max(written, 0);
            }

            return 0;
        }
    }

    /// <summary>Waits for any of the descriptors; 0 on timeout. A negative timeout waits for ever.</summary>
    public static int Poll(Span<PollDescriptor> descriptors, int milliseconds)
    {
        // SAFETY: pinned for the call, bounded by the span.
        fixed (PollDescriptor* pointer = descriptors)
        {
            Timespec timeout = new() { tv_sec = milliseconds / 1000, tv_nsec = milliseconds % 1000 * 1_000_000L };
            return (int)Kernel.Call(
                SyscallNumber.ppoll, (nint)pointer, descriptors.Length, milliseconds < 0 ? 0 : (nint)(&timeout), 0, 0);
        }
    }

    /// <summary>A counter that makes a poll return.</summary>
    public static int CreateEvent() => (int)Kernel.Call(SyscallNumber.eventfd2, 0, EFD_CLOEXEC | EFD_NONBLOCK);

    public static void SignalEvent(int fd)
    {
        ulong one = 1;

        // SAFETY: eight bytes of a local.
        Kernel.Call(SyscallNumber.write, fd, (nint)(&one), sizeof(ulong));
    }

    public static void ClearEvent(int fd)
    {
        ulong count = 0;

        // SAFETY: eight bytes of a local.
        Kernel.Call(SyscallNumber.read, fd, (nint)(&count), sizeof(ulong));
    }

    /// <summary>An anonymous file with the given contents; its descriptor or minus an errno.</summary>
    public static int CreateMemoryFile(ReadOnlySpan<byte> contents)
    {
        // SAFETY: the name is a zero-terminated literal.
        fixed (byte* name = "leash\0"u8)
        {
            int fd = (int)Kernel.Call(SyscallNumber.memfd_create, (nint)name, (nint)MFD_CLOEXEC);
            int error = fd < 0 ? fd : WriteAll(fd, contents);
            if (error < 0 && fd >= 0)
            {
                Kernel.Close(fd);
            }

            return error < 0 ? error : fd;
        }
    }

    /// <summary>A pipe, both ends closed on exec. 0 or minus an errno.</summary>
    public static int CreatePipe(out int reader, out int writer)
    {
        int* pair = stackalloc int[2];

        // SAFETY: the kernel writes two descriptors.
        int result = (int)Kernel.Call(SyscallNumber.pipe2, (nint)pair, O_CLOEXEC);
        (reader, writer) = result < 0 ? (-1, -1) : (pair[0], pair[1]);
        return result;
    }

    /// <summary>Reads until the end of a pipe or file.</summary>
    public static byte[] ReadToEnd(int fd)
    {
        using MemoryStream content = new();
        Span<byte> buffer = stackalloc byte[4096];
        int got;
        while ((got = Read(fd, buffer)) > 0)
        {
            content.Write(buffer[..got]);
        }

        return content.ToArray();
    }

    public static int Open(string path, int flags)
    {
        nint name = Marshal.StringToCoTaskMemUTF8(path);

        // SAFETY: zero-terminated by the marshaller and freed after the call.
        int fd = (int)Kernel.Call(SyscallNumber.openat, Kernel.AtFdCwd, name, flags | O_CLOEXEC, 0);
        Marshal.FreeCoTaskMem(name);
        return fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
