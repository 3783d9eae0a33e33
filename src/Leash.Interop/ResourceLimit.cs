using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Interop;

/// <summary>Resource limits of other processes, prlimit(2).</summary>
internal static unsafe class ResourceLimit
{
    public const int RLIMIT_RTTIME = 15;

    /// <summary>The soft limit; false when the process is gone.</summary>
    public static bool ReadSoft(int pid, int resource, out ulong soft)
    {
        RLimit64 limit = default;

        // SAFETY: a local of the kernel's layout.
        long result = Kernel.Call(SyscallNumber.prlimit64, pid, resource, 0, (nint)(&limit));
        soft = limit.rlim_cur;
        return result == 0 || (result == -Errno.EPERM && ReadSoftFromProc(pid, out soft));
    }

    /// <summary>Sets the soft limit and keeps the hard one. Returns 0 or minus an errno.</summary>
    public static int WriteSoft(int pid, int resource, ulong soft)
    {
        int result = WriteSoftAs(pid, resource, soft);
        if (result != -Errno.EPERM || !Credentials.TryReadProcessIds(pid, out ProcessIds ids))
        {
            return result;
        }

        // KERNEL: without CAP_SYS_RESOURCE the caller's real ids must equal all of the target's (check_prlimit_permission).
        using Credentials.RealIdsScope scope = Credentials.TakeRealIds(ids.Uid, ids.Gid);
        return WriteSoftAs(pid, resource, soft);
    }

    private static int WriteSoftAs(int pid, int resource, ulong soft)
    {
        RLimit64 limit = default;

        // SAFETY: locals of the kernel's layout.
        long result = Kernel.Call(SyscallNumber.prlimit64, pid, resource, 0, (nint)(&limit));
        if (result == 0)
        {
            limit.rlim_cur = soft;
            result = Kernel.Call(SyscallNumber.prlimit64, pid, resource, (nint)(&limit), 0);
        }

        return (int)result;
    }

    // A process that has changed its user id hides its limits from prlimit, but not from its world-readable file.
    private static bool ReadSoftFromProc(int pid, out ulong soft)
    {
        soft = 0;
        const string row = "Max realtime timeout";
        string? line = ProcFile.FindLine(pid, "/limits"u8, Encoding.ASCII.GetBytes(row));
        if (line is null)
        {
            return false;
        }

        ReadOnlySpan<char> rest = line.AsSpan(row.Length).TrimStart();
        int end = rest.IndexOf(' ');
        return end > 0 && ulong.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out soft);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct RLimit64
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }
}
