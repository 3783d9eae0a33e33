using Leash.Enforcement.Exec;
using Leash.Enforcement.Files;
using Leash.Enforcement.Labels;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// One notified system call while it is being answered: its arguments, its caller's memory and label, decisions, and the reply.
/// Each worker has one and reuses it, buffers included, so a handler keeps nothing of it beyond <see cref="ISyscallHandler.Handle"/>.
/// </summary>
internal sealed unsafe class SyscallContext : IDisposable
{
    private readonly RecentThreadGroups _recentTgids = new();
    private SeccompNotif _notification;
    private Label? _label;
    private int _tgid;

    public SyscallContext(EnforcerServices services)
    {
        Services = services;
        Trail = new AuditTrail(services);
        Decider = services.Decider;
    }

    public EnforcerServices Services { get; }

    public AuditTrail Trail { get; }

    /// <summary>Decides this call, from its beginning to its end.</summary>
    public PlanDecider Decider { get; private set; }

    /// <summary>Buffers for path arguments as the caller gave them.</summary>
    public NativeBuffer Path { get; } = new(Kernel.PathMax + 1);

    public NativeBuffer SecondPath { get; } = new(Kernel.PathMax + 1);

    /// <summary>Objects and names that paths were resolved to.</summary>
    public PathTarget Target { get; } = new();

    public PathTarget SecondTarget { get; } = new();

    /// <summary>What remains to be walked of a path, while it is resolved component by component.</summary>
    public NativeBuffer Walk { get; } = new((2 * Kernel.PathMax) + 2);

    /// <summary>A symbolic link's target or another path met on the way.</summary>
    public NativeBuffer Link { get; } = new((2 * Kernel.PathMax) + 2);

    /// <summary>The exec that is being decided.</summary>
    public ExecPlan Exec { get; } = new();

    /// <summary>The arguments that a new image really got.</summary>
    public ArgumentVector NewArguments { get; } = new();

    /// <summary>64 KiB for anything else (argument vectors, attribute values).</summary>
    public NativeBuffer Scratch { get; } = new(65_536 + 1);

    public ulong Id => _notification.id;

    /// <summary>The calling thread, in the supervisor's pid namespace.</summary>
    public int Tid => (int)_notification.pid;

    public int Number => _notification.data.nr;

    public uint Arch => _notification.data.arch;

    public bool HasReplied { get; private set; }

    /// <summary>The caller's thread group, read from procfs on first use; 0 when the caller is gone.</summary>
    public int Tgid => _tgid != 0 ? _tgid : _tgid = ReadTgid(Tid);

    /// <summary>
    /// The caller's thread group as of at most a second ago, for records of allowed operations, where reading it each time would cost
    /// more than the rest. A thread id is not given out again so soon.
    /// </summary>
    public int RecentTgid => _recentTgids.Find(Tid);

    /// <summary>Who the caller is. Throws when it is not of this session; <see cref="HasLabel"/> says so beforehand.</summary>
    public Label Label => _label ?? throw new InvalidOperationException("the caller has no label");

    public bool HasLabel => _label is not null;

    public int Principal => Label.Principal;

    public static int ReadTgid(int tid)
    {
        Span<byte> content = stackalloc byte[2048];
        int length = ProcFile.Read(tid, "/status"u8, content);
        return length <= 0 ? 0 : Math.Max(0, (int)ProcFile.Number(ProcFile.LineOf(content[..length], "Tgid:"u8), 1));
    }

    public ulong Arg(int index) => _notification.data.args[index];

    /// <summary>An argument of type <c>int</c>: the kernel disregards the upper half of the register.</summary>
    public int ArgInt(int index) => unchecked((int)_notification.data.args[index]);

    public void Begin(in SeccompNotif notification, bool isLabelNeeded = true)
    {
        _notification = notification;
        Decider = Services.Decider;
        HasReplied = false;
        _tgid = 0;
        _label = isLabelNeeded ? Services.Labels.Read(Tid) : null;
    }

    /// <summary>Releases what the call left open and replies with a denial when the handler did not.</summary>
    public void End()
    {
        Target.Release();
        SecondTarget.Release();
        if (!HasReplied)
        {
            // FAIL-CLOSED: a handler that answered nothing denied.
            Trail.Failed(this, "no reply");
            ReplyErrno(Errno.EACCES);
        }
    }

    /// <summary>Copies a fixed number of the caller's bytes; 0, or minus EFAULT or another errno.</summary>
    public int ReadMemory(ulong address, byte* destination, int length) => ProcessMemory.ReadExact(Tid, address, destination, length);

    /// <summary>Copies a value of the caller's; 0 or minus an errno.</summary>
    public int ReadValue<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;

        // SAFETY: `value` has exactly sizeof(T) bytes.
        fixed (T* pointer = &value)
        {
            return ReadMemory(address, (byte*)pointer, sizeof(T));
        }
    }

    public int WriteMemory(ulong address, byte* source, int length) => ProcessMemory.WriteExact(Tid, address, source, length);

    /// <summary>Copies a zero-terminated string into the buffer. 0, or minus EFAULT or ENAMETOOLONG.</summary>
    public int ReadString(ulong address, NativeBuffer destination)
    {
        int length = ProcessMemory.ReadString(Tid, address, destination.Pointer, destination.Capacity - 1);
        if (length < 0)
        {
            return length;
        }

        destination.SetLength(length);
        return 0;
    }

    /// <summary>
    /// True while the caller still waits in this call. Checked after the last input is read and before the first effect: then the
    /// inputs were the caller's and not those of a process that got its pid.
    /// </summary>
    public bool IsStillValid() => SeccompCalls.IsValid(Services.Listener, Id);

    /// <summary>The caller is gone, or has a caught signal pending: a call that blocks should stop with EINTR.</summary>
    public bool IsInterrupted() => !IsStillValid() || PendingSignals.HasCaught(Tid);

    public void ReplyErrno(int errno) => Reply(0, errno, 0);

    public void ReplyValue(long value) => Reply(value, 0, 0);

    /// <summary>A kernel result: a value, or minus an errno.</summary>
    public void ReplyResult(long result) => Reply(result < 0 ? 0 : result, result < 0 ? (int)-result : 0, 0);

    /// <summary>Lets the kernel perform the call as it is. Only where every argument that matters is a value, never a pointer.</summary>
    public void ReplyContinue() => Reply(0, 0, SeccompCalls.SECCOMP_USER_NOTIF_FLAG_CONTINUE);

    /// <summary>Gives the caller a duplicate of the descriptor and returns its number there.</summary>
    /// <param name="fd">The supervisor's descriptor.</param>
    /// <param name="isCloseOnExec">Whether the caller's closes at exec.</param>
    /// <param name="isKept">
    /// Whether the supervisor's own stays open. Otherwise it is closed before the caller goes on: a program that was just written, closed and
    /// executed must not find itself busy (ETXTBSY), nor a reader of a pipe wait for the supervisor.
    /// </param>
    public void ReplyFd(int fd, bool isCloseOnExec, bool isKept = false)
    {
        // KERNEL: ADDFD with the SEND flag would save a call but misses the synchronous wake-up.
        long result = SeccompCalls.AddFd(Services.Listener, Id, fd, isCloseOnExec ? (uint)OpenFlags.O_CLOEXEC : 0);
        if (!isKept)
        {
            Kernel.Close(fd);
        }

        ReplyResult(result);
    }

    /// <summary>
    /// To be held around anything that may wait for another process: another worker takes over receiving. Null when too many calls
    /// block already; the call should then fail with EAGAIN.
    /// </summary>
    public WorkerPool.BlockingScope? TryBlock() => Services.Workers.TryBlock();

    /// <summary>
    /// Decides all of <paramref name="needed"/> on a path and records the outcome. True when the operation may go on, which it also
    /// may in shadow and record mode.
    /// </summary>
    public bool PermitPath(PlanActionMask needed, ReadOnlySpan<byte> path, ReadOnlySpan<byte> second = default)
    {
        if (Services.Root.IsProtected(path))
        {
            Trail.DeniedStructurally(this, needed, path, "leash's own files");
            return false;
        }

        PlanActionMask missing = needed & ~Decider.AllowedPathActions(Principal, path);
        if (missing == PlanActionMask.None)
        {
            Trail.Allowed(this, needed, path, second);
            return true;
        }

        return Trail.DeniedPath(this, missing, path, second);
    }

    /// <summary>As <see cref="PermitPath"/>, for a verdict reached otherwise (an exec, an endpoint, a process).</summary>
    public bool Permit(Verdict verdict, PlanAction action, ReadOnlySpan<byte> resource, ReadOnlySpan<byte> second = default)
    {
        if (verdict.Allowed)
        {
            Trail.Allowed(this, action.ToMask(), resource, second);
            return true;
        }

        return Trail.Denied(this, verdict, action, resource, second);
    }

    /// <summary>Denies what no policy can allow, records why, and replies.</summary>
    public void DenyStructurally(int errno, string why, ReadOnlySpan<byte> resource = default)
    {
        Trail.DeniedStructurally(this, PlanActionMask.None, resource, why);
        ReplyErrno(errno);
    }

    public void Dispose()
    {
        Path.Dispose();
        SecondPath.Dispose();
        Scratch.Dispose();
        Walk.Dispose();
        Link.Dispose();
        Target.Dispose();
        SecondTarget.Dispose();
    }

    private void Reply(long value, int errno, uint flags)
    {
        if (HasReplied)
        {
            return;
        }

        HasReplied = true;

        // ENOENT: the caller was killed meanwhile; nobody waits for this answer.
        SeccompCalls.Send(Services.Listener, Id, value, errno, flags);
    }
}
