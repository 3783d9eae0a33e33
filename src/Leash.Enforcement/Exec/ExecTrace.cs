using Leash.Enforcement.Files;
using Leash.Enforcement.Labels;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>
/// Lets a decided exec happen under trace and judges its result:
/// <code>
/// SEIZE → reply CONTINUE → INTERRUPT → wait ─┬─ EVENT_EXEC: compare, label, detach (or kill)
///                                            ├─ EVENT_STOP or a signal: the exec failed, detach
///                                            └─ gone: killed meanwhile
/// </code>
/// </summary>
internal static class ExecTrace
{
    private const int SIGKILL = 9;
    private const ulong AT_EXECFN = 31;

    public static void Run(SyscallContext context, ExecPlan plan)
    {
        int tid = context.Tid;
        int tgid = context.Tgid;
        int error = Ptrace.Seize(tid);
        if (error < 0)
        {
            ContinueUntraced(context, error);
            return;
        }

        context.ReplyContinue();
        Ptrace.Interrupt(tid);
        while (true)
        {
            int pid = Ptrace.Wait(out TraceeState state);
            if (pid < 0)
            {
                return;
            }

            // A thread that is not the leader takes over the leader's id when it executes.
            if (pid != tid && pid != tgid)
            {
                continue;
            }

            if (!state.IsStopped)
            {
                return;
            }

            if (state.Event == Ptrace.PTRACE_EVENT_EXEC)
            {
                Judge(context, plan, pid);
                return;
            }

            Release(pid, state.Event == Ptrace.PTRACE_EVENT_STOP ? 0 : state.StopSignal);
            return;
        }
    }

    // Another tracer of the session holds the thread (a debugger). Where the exec's outcome moves no label and no condition looks at
    // arguments, what the debugger could make of the race it can also do by writing to its tracee's memory.
    private static void ContinueUntraced(SyscallContext context, int error)
    {
        PlanDecider decider = context.Decider;
        if (!decider.DependsOnPrincipal && !decider.ExecDependsOnArguments && ProcessHandlers.IsTracedBySession(context))
        {
            Record(context, context.Exec, context.Exec.Arguments);
            context.ReplyContinue();
            return;
        }

        // FAIL-CLOSED: an exec that cannot be checked afterwards does not happen.
        context.Trail.DeniedStructurally(
            context, PlanActionMask.ProcessExec, context.Exec.File, $"the exec cannot be observed (errno {-error})");
        context.ReplyErrno(Errno.EACCES);
    }

    private static void Judge(SyscallContext context, ExecPlan plan, int pid)
    {
        string? mismatch = "the supervisor failed";
        Label? label = null;
        try
        {
            mismatch = Compare(context, plan, pid);
            label = mismatch is null ? NextLabel(context, plan) : null;
            mismatch ??= label is null ? "the session has too many principal classes" : null;
            mismatch ??= context.Services.Labels.Write(pid, label!) < 0 ? "the process cannot be labelled" : null;
        }
        finally
        {
            if (mismatch is not null)
            {
                // FAIL-CLOSED: killed before its first instruction.
                Kernel.Call(SyscallNumber.kill, pid, SIGKILL);
                context.Trail.ExecRace(context, plan.File, mismatch);
            }

            Release(pid, 0);
        }

        if (mismatch is null)
        {
            Record(context, plan, context.NewArguments);
        }
    }

    // A tracee that is killed meanwhile cannot be detached; its parent sees its end only after the tracer has.
    private static void Release(int pid, int signal)
    {
        if (Ptrace.Detach(pid, signal) < 0)
        {
            while (Ptrace.Wait(out TraceeState state) is var ended and > 0 && (ended != pid || state.IsStopped))
            {
            }
        }
    }

    // Null when what happened is what was decided.
    private static string? Compare(SyscallContext context, ExecPlan plan, int pid)
    {
        NativeBuffer exe = context.Link;
        if (!TryReadExe(context, pid, exe))
        {
            return "the new executable cannot be named";
        }

        ulong stack = Ptrace.ReadStackPointer(pid);
        ArgumentVector actual = context.NewArguments;
        if (stack == 0 || actual.Read(pid, stack + sizeof(ulong), context.Decider.ExecDependsOnArguments ? int.MaxValue : 64) < 0)
        {
            return "the new arguments cannot be read";
        }

        bool isExpected = exe.Bytes.SequenceEqual(plan.Binary);
        if (!isExpected && (plan.IsElf || plan.IsScript))
        {
            return "the file was replaced while it was executed";
        }

        if (!isExpected)
        {
            // Neither ELF nor script: an interpreter registered with binfmt_misc, which is decided as what really runs.
            if (!ExecDecision.PermitOne(context, exe.Bytes, actual.ToExecArguments(default)))
            {
                return "the interpreter of a foreign binary format is not permitted";
            }

            plan.Chain.Add(exe.Bytes.ToArray());
            return null;
        }

        return plan.IsScript && !IsSameScript(context, plan, pid, stack)
            ? "the script was replaced while it was executed"
            : context.Decider.ExecDependsOnArguments && !AreSameArguments(plan, actual)
                ? "the arguments changed while it was executed" : null;
    }

    // For a script the caller's first argument is replaced by the interpreters' and the script's name; the others stay.
    private static bool AreSameArguments(ExecPlan plan, ArgumentVector actual) =>
        plan.IsScript
            ? actual.From(plan.PrefixCount + 1).SequenceEqual(plan.Arguments.From(1))
            : actual.Bytes.SequenceEqual(plan.Arguments.Bytes) || (plan.Arguments.Count == 0 && actual.Bytes.SequenceEqual("\0"u8));

    // AT_EXECFN is the name that the kernel opened; it must still lead to the file that was decided.
    private static bool IsSameScript(SyscallContext context, ExecPlan plan, int pid, ulong stack)
    {
        ulong argc;
        unsafe
        {
            // SAFETY: eight bytes into a local.
            if (ProcessMemory.ReadExact(pid, stack, (byte*)&argc, sizeof(ulong)) < 0)
            {
                return false;
            }

            ulong name = ArgumentVector.FindAuxiliary(pid, stack, (int)argc, AT_EXECFN);
            int length = name == 0 ? -1 : ProcessMemory.ReadString(pid, name, context.Path.Pointer, context.Path.Capacity - 1);
            if (length <= 0)
            {
                return false;
            }

            context.Path.SetLength(length);
        }

        context.Target.Release();
        int error = context.Services.Resolver.ResolveObject(context, Kernel.AtFdCwd, context.Path, true, context.Target);
        return error == 0 && context.Target.Canonical.Bytes.SequenceEqual(plan.File);
    }

    private static unsafe bool TryReadExe(SyscallContext context, int pid, NativeBuffer destination)
    {
        Span<byte> path = stackalloc byte[32];
        ProcPath.Write(path, default, pid, "/exe"u8);
        int fd = FileCalls.OpenAt(context.Services.Root.HostProc, path, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC);
        if (fd < 0)
        {
            return false;
        }

        bool isNamed = context.Services.Root.ReadCanonical(fd, destination) == 0
            && destination.Length > 0 && destination.Bytes[0] == (byte)'/';
        Kernel.Close(fd);
        return isNamed;
    }

    private static Label? NextLabel(SyscallContext context, ExecPlan plan)
    {
        int principal = context.Principal;
        for (int i = 0; i < Math.Max(1, plan.Chain.Count - 1); i++)
        {
            ReadOnlySpan<byte> script = plan.IsScript ? plan.Chain[i] : default;
            int before = principal;
            principal = context.Decider.MovePrincipal(before, plan.Binary, script);
            context.Services.Options.OnPrincipalMoved?.Invoke(before, principal, plan.Binary, script);
        }

        return principal == PlanDecider.DeniedPrincipal ? null : context.Services.Labels.Intern(principal, plan.Binary);
    }

    private static void Record(SyscallContext context, ExecPlan plan, ArgumentVector arguments)
    {
        foreach (byte[] path in plan.Chain)
        {
            context.Trail.AllowedExec(context, path, arguments.Bytes);
        }
    }
}
