using System.Buffers.Text;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>What holds in procfs whatever the policy says: a session sees and touches its own processes only.</summary>
internal sealed class ProcRules(bool ownPidNamespace)
{
    private const int InitPid = 1;

    /// <summary>Paths that lead through <c>/proc/self</c>, so that trying them as the supervisor is a wasted call.</summary>
    public static bool NeedsWalk(ReadOnlySpan<byte> path) =>
        path.Length > 7 && (path.StartsWith("/proc/self"u8) || path.StartsWith("/proc/thread-self"u8)
            || path.StartsWith("/dev/fd"u8) || path.StartsWith("/dev/std"u8));

    /// <summary>Whether a canonical path is in the directory of this process.</summary>
    public static bool IsOf(ReadOnlySpan<byte> canonical, int pid)
    {
        int start = canonical.IndexOf("/proc/"u8);
        return start >= 0 && Utf8Parser.TryParse(canonical[(start + 6)..], out int number, out _) && number == pid;
    }

    /// <summary>Refuses objects of processes outside the session and the memory of others. 0 or minus an errno.</summary>
    public int Check(SyscallContext context, PathTarget target)
    {
        Statx stat = target.Stat;
        return context.Services.Root.FindProcMount(stat) is not { } mount || target.IsAnonymous
            ? 0
            : CheckProcess(context, target.Canonical.Bytes, mount);
    }

    /// <summary>As <see cref="Check"/>, for a canonical path in a procfs mount.</summary>
    public int CheckProcess(SyscallContext context, ReadOnlySpan<byte> canonical, ProcMount mount)
    {
        ReadOnlySpan<byte> path = canonical.StartsWith(mount.MountPoint) ? canonical[mount.MountPoint.Length..].TrimStart((byte)'/') : default;
        if (!Utf8Parser.TryParse(path, out int pid, out int digits) || (digits < path.Length && path[digits] != (byte)'/'))
        {
            return 0;
        }

        ReadOnlySpan<byte> file = path[digits..];
        bool isOwn = IsSessions(mount);
        if (isOwn && pid == InitPid ? !IsHarmless(file) : !isOwn && context.Services.Labels.Read(pid) is null)
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.None, canonical, "a process outside the session");
            return -Errno.EACCES;
        }

        return file.EndsWith("/mem"u8) ? CheckMemory(context, canonical, mount, pid) : 0;
    }

    /// <summary>The caller's thread group and thread ids as the mount numbers them.</summary>
    public bool TryReadCallerIds(SyscallContext context, ProcMount mount, out int tgid, out int tid)
    {
        Span<byte> content = stackalloc byte[4096];
        int length = ProcFile.Read(context.Tid, "/status"u8, content);
        ReadOnlySpan<byte> status = length > 0 ? content[..length] : default;
        bool isOwn = IsSessions(mount);
        tgid = isOwn ? (int)ProcFile.Number(ProcFile.LineOf(status, "NStgid:"u8), -1) : (int)ProcFile.Number(ProcFile.LineOf(status, "Tgid:"u8), 1);
        tid = isOwn ? (int)ProcFile.Number(ProcFile.LineOf(status, "NSpid:"u8), -1) : context.Tid;
        return tgid > 0 && tid > 0;
    }

    // The memory of another process is reached as if by ptrace.
    private int CheckMemory(SyscallContext context, ReadOnlySpan<byte> canonical, ProcMount mount, int pid)
    {
        if (TryReadCallerIds(context, mount, out int tgid, out int tid) && (pid == tgid || pid == tid))
        {
            return 0;
        }

        Verdict verdict = context.Decider.DecideProcess(context.Principal, PlanAction.ProcessTrace);
        return context.Permit(verdict, PlanAction.ProcessTrace, canonical) ? 0 : -Errno.EACCES;
    }

    // The session's procfs is the one mounted for its pid namespace; any other numbers processes as the machine does.
    private bool IsSessions(ProcMount mount) => ownPidNamespace && mount.MountPoint.AsSpan().SequenceEqual("/proc"u8);

    // What process listings read of the session's init, which is leash's own.
    private static bool IsHarmless(ReadOnlySpan<byte> file) =>
        file.IsEmpty || file.SequenceEqual("/stat"u8) || file.SequenceEqual("/status"u8) || file.SequenceEqual("/cmdline"u8)
        || file.SequenceEqual("/comm"u8) || file.SequenceEqual("/statm"u8) || file.SequenceEqual("/cgroup"u8);
}
