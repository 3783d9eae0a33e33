using Leash.Enforcement.Files;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>Decides an exec before it happens: the named file, and the interpreter of each <c>#!</c> line on the way to a binary.</summary>
internal static unsafe class ExecDecision
{
    // Enough for the record of a denial; all of them when the policy looks at arguments.
    private const int RecordedArguments = 64;

    /// <summary>Fills the plan from the context's resolved target. 0, or minus an errno for the caller.</summary>
    public static int Decide(SyscallContext context, ulong argumentVector, ExecPlan plan)
    {
        PlanDecider decider = context.Decider;
        int limit = decider.ExecDependsOnArguments ? int.MaxValue : RecordedArguments;
        int error = plan.Arguments.Read(context.Tid, argumentVector, limit);
        if (error < 0)
        {
            return error;
        }

        for (int depth = 0; depth <= Shebang.MaxDepth; depth++)
        {
            error = CheckFile(context);
            if (error < 0)
            {
                return error;
            }

            plan.Chain.Add(context.Target.Canonical.Bytes.ToArray());
            if (!ReadInterpreter(context, plan, out bool hasArgument))
            {
                return DecideChain(context, plan) ? 0 : -Errno.EACCES;
            }

            plan.PrefixCount += hasArgument ? 2 : 1;
            context.Target.Release();
            error = context.Services.Resolver.ResolveObject(context, Kernel.AtFdCwd, context.SecondPath, true, context.Target);
            if (error < 0)
            {
                return error;
            }
        }

        return -Errno.ELOOP;
    }

    private static int CheckFile(SyscallContext context)
    {
        PathTarget target = context.Target;
        if (target.Type != FileCalls.S_IFREG)
        {
            return target.IsSymlink ? -Errno.ELOOP : -Errno.EACCES;
        }

        if (!target.IsAnonymous && target.Stat.stx_nlink != 0)
        {
            return 0;
        }

        // FAIL-CLOSED: code without a path (memfd, removed file) has nothing to be decided on.
        context.Trail.DeniedStructurally(
            context, PlanActionMask.ProcessExec, target.Canonical.Bytes, "an executable without a path");
        return -Errno.EACCES;
    }

    // The interpreter's path goes to the context's second path.
    private static bool ReadInterpreter(SyscallContext context, ExecPlan plan, out bool hasArgument)
    {
        hasArgument = false;
        Span<byte> window = stackalloc byte[Shebang.WindowSize];
        int fd = FileOpener.Reopen(context, context.Target.Fd, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        if (fd < 0)
        {
            // Executable but not readable: the kernel cannot read it as a script for its caller either, other than as a binary.
            return false;
        }

        long length;

        // SAFETY: the kernel writes at most the window's size.
        fixed (byte* pointer = window)
        {
            length = Kernel.Call(SyscallNumber.pread64, fd, (nint)pointer, window.Length, 0);
        }

        Kernel.Close(fd);
        ReadOnlySpan<byte> content = window[..(int)Math.Max(length, 0)];
        plan.IsElf = content.StartsWith("\u007fELF"u8);
        if (!Shebang.TryParse(content, out ReadOnlySpan<byte> interpreter, out ReadOnlySpan<byte> argument))
        {
            return false;
        }

        hasArgument = !argument.IsEmpty;
        return context.SecondPath.TrySet(interpreter);
    }

    private static bool DecideChain(SyscallContext context, ExecPlan plan)
    {
        bool isPermitted = true;
        for (int i = 0; i < plan.Chain.Count && isPermitted; i++)
        {
            ReadOnlySpan<byte> interpreter = i + 1 < plan.Chain.Count ? plan.Chain[i + 1] : default;
            ExecArguments arguments = plan.Arguments.ToExecArguments(interpreter);
            isPermitted = PermitOne(context, plan.Chain[i], arguments);
        }

        return isPermitted;
    }

    /// <summary>Decides one file. A denial is recorded here, an allowed exec when it has happened.</summary>
    public static bool PermitOne(SyscallContext context, ReadOnlySpan<byte> path, in ExecArguments arguments)
    {
        if (context.Services.Root.IsProtected(path))
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.ProcessExec, path, "leash's own files");
            return false;
        }

        return context.Decider.DecideExec(context.Principal, path, arguments).Allowed
            || context.Trail.DeniedExec(context, path, arguments);
    }
}
