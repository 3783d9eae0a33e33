using System.Runtime.InteropServices;

namespace Leash.Interop;

[StructLayout(LayoutKind.Sequential)]
internal struct IoVec
{
    public nint iov_base;
    public nuint iov_len;
}

/// <summary>Copies between this process and a stopped or waiting one. Results are byte counts or minus an errno.</summary>
internal static unsafe class ProcessMemory
{
    private const int PageSize = 4096;
    private const int FirstChunk = 512;

    /// <summary>Copies up to <paramref name="length"/> bytes; fewer when a page in between is missing.</summary>
    public static long Read(int pid, ulong address, byte* destination, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        IoVec local = new() { iov_base = (nint)destination, iov_len = (nuint)length };
        IoVec remote = new() { iov_base = (nint)address, iov_len = (nuint)length };

        // SAFETY: both vectors are locals; the caller owns `length` bytes at `destination`.
        long count = Kernel.Call(SyscallNumber.process_vm_readv, pid, (nint)(&local), 1, (nint)(&remote), 1);
        return count is -Errno.ENOSYS or -Errno.EPERM ? ReadThroughFile(pid, address, destination, length) : count;
    }

    /// <summary>All of <paramref name="length"/> bytes or EFAULT; 0 on success.</summary>
    public static int ReadExact(int pid, ulong address, byte* destination, int length)
    {
        long count = Read(pid, address, destination, length);
        return count < 0 ? (int)count : count == length ? 0 : -Errno.EFAULT;
    }

    /// <summary>All of <paramref name="length"/> bytes or EFAULT; 0 on success.</summary>
    public static int WriteExact(int pid, ulong address, byte* source, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        IoVec local = new() { iov_base = (nint)source, iov_len = (nuint)length };
        IoVec remote = new() { iov_base = (nint)address, iov_len = (nuint)length };

        // SAFETY: as in Read, in the other direction; the kernel refuses to write where the target maps nothing writable.
        long count = Kernel.Call(SyscallNumber.process_vm_writev, pid, (nint)(&local), 1, (nint)(&remote), 1);
        return count < 0 ? (int)count : count == length ? 0 : -Errno.EFAULT;
    }

    /// <summary>
    /// Copies a zero-terminated string, page by page so that one that ends just before an unmapped page is read whole. Returns its
    /// length without the zero, EFAULT, or ENAMETOOLONG when there is no zero within <paramref name="capacity"/> bytes.
    /// </summary>
    public static int ReadString(int pid, ulong address, byte* destination, int capacity)
    {
        int length = 0;
        int limit = FirstChunk;
        while (length < capacity)
        {
            int toPageEnd = PageSize - (int)((address + (ulong)length) & (PageSize - 1));
            int want = Math.Min(Math.Min(toPageEnd, limit), capacity - length);
            long got = Read(pid, address + (ulong)length, destination + length, want);
            if (got <= 0)
            {
                return got == 0 ? -Errno.EFAULT : (int)got;
            }

            int zero = new ReadOnlySpan<byte>(destination + length, (int)got).IndexOf((byte)0);
            if (zero >= 0)
            {
                return length + zero;
            }

            length += (int)got;
            limit = PageSize;
        }

        return -Errno.ENAMETOOLONG;
    }

    private static long ReadThroughFile(int pid, ulong address, byte* destination, int length)
    {
        Span<byte> path = stackalloc byte[32];
        ProcPath.Write(path, "/proc/"u8, pid, "/mem"u8);

        // SAFETY: `path` is zero-terminated and on the stack; `destination` is the caller's.
        fixed (byte* name = path)
        {
            long fd = Kernel.Call(SyscallNumber.openat, Kernel.AtFdCwd, (nint)name, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
            if (fd < 0)
            {
                return fd;
            }

            long count = Kernel.Call(SyscallNumber.pread64, (nint)fd, (nint)destination, length, (nint)address);
            Kernel.Close((int)fd);
            return count == -Errno.EIO ? -Errno.EFAULT : count;
        }
    }
}
