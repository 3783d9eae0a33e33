using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>
/// Raw system calls in the kernel's own convention: the result is the value, or minus the error number. They act on the calling
/// thread only, which the C library's wrappers for credentials do not.
/// </summary>
internal static unsafe partial class Kernel
{
    /// <summary>The kernel's PATH_MAX, with the terminating zero.</summary>
    public const int PathMax = 4096;

    public const int AtFdCwd = -100;

    public static long Call(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        // SAFETY: the caller vouches for the pointers among the arguments; the kernel checks them and answers EFAULT.
        nint result = syscall(number, a, b, c, d, e, f);
        return result == -1 ? -Marshal.GetLastPInvokeError() : result;
    }

    public static void Close(int fd)
    {
        if (fd >= 0)
        {
            Call(SyscallNumber.close, fd);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
