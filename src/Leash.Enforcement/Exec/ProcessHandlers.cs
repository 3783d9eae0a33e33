using System.Globalization;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>Tracing, signals and identity changes.</summary>
internal static class ProcessHandlers
{
    private const int PTRACE_TRACEME = 0;

    public static void Register(HandlerTable table)
    {
        Add(table, Trace, SyscallNumber.ptrace);
        Add(table, ReachMemory, SyscallNumber.process_vm_readv, SyscallNumber.process_vm_writev);
        Add(
            table, ChangeIds, SyscallNumber.setuid, SyscallNumber.setgid, SyscallNumber.setreuid, SyscallNumber.setregid,
            SyscallNumber.setresuid, SyscallNumber.setresgid, SyscallNumber.setfsuid, SyscallNumber.setfsgid, SyscallNumber.setgroups);
        Add(table, RefuseLimit, SyscallNumber.setrlimit, SyscallNumber.prlimit64);
        SignalHandlers.Register(table);
        FileSignals.Register(table);
    }

    /// <summary>Whether the caller has a tracer of its own session.</summary>
    public static bool IsTracedBySession(SyscallContext context)
    {
        string? line = ProcFile.FindLine(context.Tid, "/status"u8, "TracerPid:"u8);
        return line is not null
            && int.TryParse(line.AsSpan(10), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int tracer)
            && tracer != 0 && context.Services.Labels.Read(tracer) is not null;
    }

    /// <summary>
    /// The supervisor's number of a process that the caller names by pid; 0 when there is none in the session.
    /// </summary>
    public static int ToHostPid(SyscallContext context, int pid) =>
        context.Services.Options.OwnPidNamespace
            ? NamespacePids.Find(context, pid)
            : context.Services.Labels.Read(pid) is null ? 0 : pid;

    private static void Add(HandlerTable table, Action<SyscallContext> handle, params ReadOnlySpan<int> numbers)
    {
        ActionHandler handler = new(handle);
        foreach (int number in numbers)
        {
            table.Add(number, handler);
        }
    }

    private static void Trace(SyscallContext context)
    {
        // Of the requests only those that attach name a process that is not the caller's tracee already.
        bool isTraceMe = context.ArgInt(0) == PTRACE_TRACEME;
        DecideTrace(context, isTraceMe ? 0 : context.ArgInt(1), isTraceMe);
    }

    private static void ReachMemory(SyscallContext context) => DecideTrace(context, context.ArgInt(0), false);

    private static void DecideTrace(SyscallContext context, int pid, bool isSelf)
    {
        if (!isSelf && ToHostPid(context, pid) == 0)
        {
            context.ReplyErrno(Errno.ESRCH);
            return;
        }

        // A tracer acts through its tracee, so with several principal classes it could take on another's rights.
        if (context.Decider.DependsOnPrincipal)
        {
            context.DenyStructurally(Errno.EPERM, "tracing under a policy that tells programs apart");
            return;
        }

        Verdict verdict = context.Decider.DecideProcess(context.Principal, PlanAction.ProcessTrace);
        if (context.Permit(verdict, PlanAction.ProcessTrace, default))
        {
            context.ReplyContinue();
        }
        else
        {
            context.ReplyErrno(Errno.EPERM);
        }
    }

    // The arguments are values and the outcome is read back from procfs, so the kernel may perform it.
    private static void ChangeIds(SyscallContext context)
    {
        context.Services.Credentials.ExpectChanges();
        context.ReplyContinue();
    }

    private static void RefuseLimit(SyscallContext context) =>
        context.DenyStructurally(Errno.EPERM, "the limit that carries the session's label");

    private sealed class ActionHandler(Action<SyscallContext> handle) : ISyscallHandler
    {
        public void Handle(SyscallContext context) => handle(context);
    }
}
