using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Exec;

/// <summary>
/// execve and execveat. An exec cannot be performed for another process, so it is decided from copied arguments, let go while traced,
/// stopped again before the first instruction of the new image, and there compared with what was decided.
/// </summary>
internal sealed class ExecHandler : ISyscallHandler
{
    public static void Register(HandlerTable table)
    {
        ExecHandler handler = new();
        table.Add(SyscallNumber.execve, handler);
        table.Add(SyscallNumber.execveat, handler);
    }

    public void Handle(SyscallContext context)
    {
        ExecPlan plan = context.Exec;
        plan.Clear();
        int error = Resolve(context, out ulong arguments);
        error = error < 0 ? error : ExecDecision.Decide(context, arguments, plan);
        if (error < 0)
        {
            context.ReplyResult(error);
            return;
        }

        if (!context.IsStillValid())
        {
            context.ReplyErrno(Errno.EINTR);
            return;
        }

        // The kernel waits for other threads to end and may read a slow disk meanwhile.
        if (context.TryBlock() is not { } scope)
        {
            context.ReplyErrno(Errno.EAGAIN);
            return;
        }

        using (scope)
        {
            ExecTrace.Run(context, plan);
        }
    }

    private static int Resolve(SyscallContext context, out ulong arguments)
    {
        bool isAt = context.Number == SyscallNumber.execveat;
        arguments = context.Arg(isAt ? 2 : 1);
        int directory = isAt ? context.ArgInt(0) : Kernel.AtFdCwd;
        int flags = isAt ? context.ArgInt(4) : 0;
        if ((flags & ~(OpenFlags.AT_EMPTY_PATH | OpenFlags.AT_SYMLINK_NOFOLLOW)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = context.ReadString(context.Arg(isAt ? 1 : 0), context.Path);
        if (error < 0)
        {
            return error;
        }

        bool isFollowed = (flags & OpenFlags.AT_SYMLINK_NOFOLLOW) == 0;
        return context.Path.Length == 0 && (flags & OpenFlags.AT_EMPTY_PATH) != 0
            ? context.Services.Resolver.ResolveDescriptor(context, directory, context.Target)
            : context.Services.Resolver.ResolveObject(context, directory, context.Path, isFollowed, context.Target);
    }
}
