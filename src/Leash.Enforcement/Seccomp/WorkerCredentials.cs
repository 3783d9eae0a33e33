using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Whose rights a worker acts with. Opening a file for the agent must not lend it leash's privileges, so each worker thread limits
/// itself to the agent's capabilities; once a process of a root session has changed its ids, workers take the caller's for each call.
/// </summary>
internal sealed class WorkerCredentials(EnforcerOptions options)
{
    private const int CLONE_FS = 0x200;
    private const ulong PtraceBit = 1UL << Credentials.CAP_SYS_PTRACE;

    [ThreadStatic]
    private static ProcessIds? _current;

    private volatile bool _idsMayDiffer;

    /// <summary>Limits the calling worker thread. False when the kernel refuses.</summary>
    public static bool Prepare(EnforcerOptions options)
    {
        // The thread gets its own file-creation mask: names are made with the caller's mask, applied by hand. Docker's default profile
        // refuses unshare; then the whole process goes without a mask, and leash's own files all have explicit modes.
        Kernel.Call(SyscallNumber.unshare, CLONE_FS);
        Kernel.Call(SyscallNumber.umask, 0);
        ulong permitted = Credentials.ReadPermitted();

        // Reading and tracing processes that changed their user id needs CAP_SYS_PTRACE; what it opens in procfs is decided by ProcRules.
        ulong wanted = permitted & (options.AgentCapabilities | PtraceBit);
        return permitted == wanted || Credentials.Limit(wanted) == 0;
    }

    /// <summary>A process of the session is about to change its ids: from now on they are read for every call.</summary>
    public void ExpectChanges() => _idsMayDiffer = true;

    /// <summary>Makes the worker's file-access ids those of the caller.</summary>
    public void Follow(SyscallContext context)
    {
        if (!_idsMayDiffer)
        {
            return;
        }

        if (!Credentials.TryReadProcessIds(context.Tid, out ProcessIds ids))
        {
            // FAIL-CLOSED: an exception denies the call.
            throw new InvalidOperationException("the caller's ids cannot be read");
        }

        ProcessIds current = _current ?? new ProcessIds(options.Uid, options.Gid, options.Uid, options.Gid);
        if (ids.FsUid == current.FsUid && ids.FsGid == current.FsGid)
        {
            return;
        }

        Span<uint> groups = stackalloc uint[64];
        int count = Credentials.ReadGroups(context.Tid, groups);

        // Group ids can only be set with the capabilities that a non-root fsuid does not take away (CAP_SETGID is not among those).
        Credentials.UseFileIds(ids.FsUid, ids.FsGid, groups[..Math.Max(count, 0)]);
        _current = ids;
    }
}
