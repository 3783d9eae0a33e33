using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Exec;

/// <summary>Pids of the session's own namespace, which holds nothing but the session.</summary>
internal static unsafe class NamespacePids
{
    /// <summary>
    /// Whether a number names a process or thread of the caller's pid namespace, other than its init: 1 when it does, else 0. The
    /// session's procfs answers; a number in it cannot lead outside.
    /// </summary>
    public static int Find(SyscallContext context, int pid)
    {
        if (pid <= 1)
        {
            return 0;
        }

        Span<byte> path = stackalloc byte[32];
        ProcPath.Write(path, "proc/"u8, pid, default);

        // SAFETY: zero-terminated.
        fixed (byte* pointer = path)
        {
            return FileCalls.StatAt(context.Services.Root.RootFd, pointer, 0, out _) == 0 ? 1 : 0;
        }
    }
}
