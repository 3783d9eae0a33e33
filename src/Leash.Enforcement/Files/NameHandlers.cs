using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>
/// Calls that make or remove one name. Each is performed on the parent's descriptor and the last component, both resolved from the
/// copied path, while no directory can move (see <see cref="EnforcerServices.Names"/>).
/// </summary>
internal static unsafe class NameHandlers
{
    private const int ModeBits = 0x1ff | 0x200;
    private delegate long Act(SyscallContext context, PathTarget target, nint argument);

    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.unlink, new ResultHandler(context => Unlink(context, Kernel.AtFdCwd, 0, 0)));
        table.Add(SyscallNumber.rmdir, new ResultHandler(context => Unlink(context, Kernel.AtFdCwd, 0, OpenFlags.AT_REMOVEDIR)));
        table.Add(SyscallNumber.unlinkat, new ResultHandler(context => Unlink(context, context.ArgInt(0), 1, context.ArgInt(2))));
        table.Add(SyscallNumber.mkdir, new ResultHandler(context => MakeDirectory(context, Kernel.AtFdCwd, 0)));
        table.Add(SyscallNumber.mkdirat, new ResultHandler(context => MakeDirectory(context, context.ArgInt(0), 1)));
        table.Add(SyscallNumber.mknod, new ResultHandler(context => MakeNode(context, Kernel.AtFdCwd, 0)));
        table.Add(SyscallNumber.mknodat, new ResultHandler(context => MakeNode(context, context.ArgInt(0), 1)));
        table.Add(SyscallNumber.symlink, new ResultHandler(context => MakeSymlink(context, Kernel.AtFdCwd, 1)));
        table.Add(SyscallNumber.symlinkat, new ResultHandler(context => MakeSymlink(context, context.ArgInt(1), 2)));
    }

    /// <summary>True for <c>.</c> and <c>..</c>, which stand for directories by another name.</summary>
    public static bool IsDots(ReadOnlySpan<byte> name) => name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);

    private static long Unlink(SyscallContext context, int directory, int pathArgument, int flags)
    {
        if ((flags & ~OpenFlags.AT_REMOVEDIR) != 0)
        {
            return -Errno.EINVAL;
        }

        bool isDirectory = (flags & OpenFlags.AT_REMOVEDIR) != 0;
        PlanActionMask action = isDirectory ? PlanActionMask.DirDelete : PlanActionMask.FileDelete;
        return Perform(context, directory, pathArgument, action, mustExist: true, flags, static (context, target, argument) =>
        {
            bool removesDirectory = argument != 0;
            if (IsDots(target.Name.Bytes))
            {
                return !removesDirectory ? -Errno.EISDIR : target.Name.Length == 1 ? -Errno.EINVAL : -Errno.ENOTEMPTY;
            }

            if (target.HasTrailingSlash && !removesDirectory)
            {
                return target.IsDirectory ? -Errno.EISDIR : -Errno.ENOTDIR;
            }

            return Kernel.Call(SyscallNumber.unlinkat, target.ParentFd, (nint)target.Name.Pointer, argument);
        });
    }

    private static long MakeDirectory(SyscallContext context, int directory, int pathArgument) =>
        Perform(
            context, directory, pathArgument, PlanActionMask.DirCreate, mustExist: false, context.ArgInt(pathArgument + 1) & ModeBits,
            static (context, target, mode) =>
            {
                FileMask.Take(context);
                return Kernel.Call(SyscallNumber.mkdirat, target.ParentFd, (nint)target.Name.Pointer, mode);
            });

    private static long MakeNode(SyscallContext context, int directory, int pathArgument)
    {
        int mode = context.ArgInt(pathArgument + 1) & 0xffff;
        int type = mode & FileCalls.S_IFMT;
        if (type is FileCalls.S_IFCHR or FileCalls.S_IFBLK)
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.FileMknod, default, "a device node", Errno.EPERM);
            return -Errno.EPERM;
        }

        if (type is not (0 or FileCalls.S_IFREG or FileCalls.S_IFIFO or FileCalls.S_IFSOCK))
        {
            return type == FileCalls.S_IFDIR ? -Errno.EPERM : -Errno.EINVAL;
        }

        return Perform(
            context, directory, pathArgument, PlanActionMask.FileMknod, mustExist: false, type | (mode & ModeBits),
            static (context, target, mode) =>
            {
                FileMask.Take(context);
                return target.HasTrailingSlash
                    ? -Errno.ENOENT
                    : Kernel.Call(SyscallNumber.mknodat, target.ParentFd, (nint)target.Name.Pointer, mode, 0);
            });
    }

    private static long MakeSymlink(SyscallContext context, int directory, int pathArgument)
    {
        int error = context.ReadString(context.Arg(0), context.SecondPath);
        if (error < 0)
        {
            return error;
        }

        return Perform(
            context, directory, pathArgument, PlanActionMask.FileCreate, mustExist: false, 0,
            static (context, target, _) => context.SecondPath.Length == 0 || target.HasTrailingSlash
                ? -Errno.ENOENT
                : Kernel.Call(
                    SyscallNumber.symlinkat, (nint)context.SecondPath.Pointer, target.ParentFd, (nint)target.Name.Pointer));
    }

    private static long Perform(
        SyscallContext context, int directory, int pathArgument, PlanActionMask action, bool mustExist, nint argument, Act act)
    {
        int error = context.ReadString(context.Arg(pathArgument), context.Path);
        if (error < 0)
        {
            return error;
        }

        PathTarget target = context.Target;
        context.Services.Names.EnterReadLock();
        try
        {
            error = context.Services.Resolver.ResolveName(context, directory, context.Path, target);
            if (error < 0)
            {
                return error;
            }

            // What is there already, or is not, is said before any policy is asked: programs probe by making.
            bool isDots = IsDots(target.Name.Bytes);
            int entry = isDots ? 0 : PathResolver.ResolveEntry(context, target);
            if (mustExist ? entry < 0 : isDots || entry != -Errno.ENOENT)
            {
                return mustExist || (entry < 0 && entry != -Errno.EACCES) ? entry : -Errno.EEXIST;
            }

            if (!isDots && !context.PermitPath(action, target.Canonical.Bytes))
            {
                return -Errno.EACCES;
            }

            return context.IsStillValid() ? act(context, target, argument) : -Errno.EINTR;
        }
        finally
        {
            context.Services.Names.ExitReadLock();
        }
    }
}
