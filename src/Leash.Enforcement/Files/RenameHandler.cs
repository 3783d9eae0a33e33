using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>
/// The rename family. A file may be renamed when both ends permit it. A directory takes everything below it along, so each entry must
/// be renamable at its old and at its new path; while that is checked and done nothing else can change names.
/// </summary>
internal static unsafe class RenameHandler
{
    private const int RENAME_EXCHANGE = 2;
    private const int RENAME_WHITEOUT = 4;

    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.rename, new ResultHandler(context => Rename(context, Kernel.AtFdCwd, 0, Kernel.AtFdCwd, 1, 0)));
        table.Add(SyscallNumber.renameat, new ResultHandler(context => Rename(context, context.ArgInt(0), 1, context.ArgInt(2), 3, 0)));
        table.Add(
            SyscallNumber.renameat2,
            new ResultHandler(context => Rename(context, context.ArgInt(0), 1, context.ArgInt(2), 3, context.ArgInt(4))));
    }

    private static long Rename(SyscallContext context, int oldDirectory, int oldPath, int newDirectory, int newPath, int flags)
    {
        int error = context.ReadString(context.Arg(oldPath), context.Path);
        error = error < 0 ? error : context.ReadString(context.Arg(newPath), context.SecondPath);
        if (error < 0)
        {
            return error;
        }

        if ((flags & RENAME_WHITEOUT) != 0)
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.FileRename, context.Path.Bytes, "a whiteout is a device node", Errno.EPERM);
            return -Errno.EPERM;
        }

        ReaderWriterLockSlim names = context.Services.Names;
        names.EnterReadLock();
        try
        {
            error = Resolve(context, oldDirectory, newDirectory, flags);
            if (error < 0)
            {
                return error;
            }

            if (!MovesDirectory(context, flags))
            {
                return Decide(context, flags) ? Act(context, flags) : -Errno.EACCES;
            }
        }
        finally
        {
            names.ExitReadLock();
        }

        return RenameDirectory(context, oldDirectory, newDirectory, flags);
    }

    private static long RenameDirectory(SyscallContext context, int oldDirectory, int newDirectory, int flags)
    {
        ReaderWriterLockSlim names = context.Services.Names;
        names.EnterWriteLock();
        try
        {
            context.Target.Release();
            context.SecondTarget.Release();
            int error = Resolve(context, oldDirectory, newDirectory, flags);
            if (error < 0)
            {
                return error;
            }

            if (!Decide(context, flags))
            {
                return -Errno.EACCES;
            }

            PathTarget from = context.Target;
            PathTarget to = context.SecondTarget;
            bool isExchange = (flags & RENAME_EXCHANGE) != 0;
            bool isFree = (!from.IsDirectory || TreeMove.IsPermitted(context, from.Fd, from.Canonical.Bytes, to.Canonical.Bytes))
                && (!isExchange || !to.IsDirectory || TreeMove.IsPermitted(context, to.Fd, to.Canonical.Bytes, from.Canonical.Bytes));
            return isFree ? Act(context, flags) : -Errno.EACCES;
        }
        finally
        {
            names.ExitWriteLock();
        }
    }

    private static int Resolve(SyscallContext context, int oldDirectory, int newDirectory, int flags)
    {
        PathResolver resolver = context.Services.Resolver;
        PathTarget from = context.Target;
        PathTarget to = context.SecondTarget;
        int error = resolver.ResolveName(context, oldDirectory, context.Path, from);
        error = error < 0 ? error : resolver.ResolveName(context, newDirectory, context.SecondPath, to);
        if (error < 0)
        {
            return error;
        }

        if (NameHandlers.IsDots(from.Name.Bytes) || NameHandlers.IsDots(to.Name.Bytes))
        {
            return -Errno.EBUSY;
        }

        error = PathResolver.ResolveEntry(context, from);
        if (error < 0)
        {
            return error;
        }

        if ((from.HasTrailingSlash || to.HasTrailingSlash) && !from.IsDirectory)
        {
            return -Errno.ENOTDIR;
        }

        int existing = PathResolver.ResolveEntry(context, to);
        return (flags & RENAME_EXCHANGE) != 0 && existing < 0 ? existing : existing == -Errno.EACCES ? existing : 0;
    }

    private static bool MovesDirectory(SyscallContext context, int flags) =>
        context.Target.IsDirectory || ((flags & RENAME_EXCHANGE) != 0 && context.SecondTarget.IsDirectory);

    private static bool Decide(SyscallContext context, int flags)
    {
        ReadOnlySpan<byte> from = context.Target.Canonical.Bytes;
        ReadOnlySpan<byte> to = context.SecondTarget.Canonical.Bytes;
        return context.PermitPath(PlanActionMask.FileRename, from, to) && context.PermitPath(PlanActionMask.FileRename, to, from);
    }

    private static long Act(SyscallContext context, int flags)
    {
        PathTarget from = context.Target;
        PathTarget to = context.SecondTarget;
        return !context.IsStillValid()
            ? -Errno.EINTR
            : Kernel.Call(
                SyscallNumber.renameat2, from.ParentFd, (nint)from.Name.Pointer, to.ParentFd, (nint)to.Name.Pointer, flags);
    }
}
