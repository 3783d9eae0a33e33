using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>The link family: a hard link is a second path to a file, so both paths are decided.</summary>
internal static unsafe class LinkHandler
{
    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.link, new ResultHandler(context => Link(context, Kernel.AtFdCwd, 0, Kernel.AtFdCwd, 1, 0)));
        table.Add(
            SyscallNumber.linkat,
            new ResultHandler(context => Link(context, context.ArgInt(0), 1, context.ArgInt(2), 3, context.ArgInt(4))));
    }

    private static long Link(SyscallContext context, int oldDirectory, int oldPath, int newDirectory, int newPath, int flags)
    {
        if ((flags & ~(OpenFlags.AT_SYMLINK_FOLLOW | OpenFlags.AT_EMPTY_PATH)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = context.ReadString(context.Arg(oldPath), context.Path);
        error = error < 0 ? error : context.ReadString(context.Arg(newPath), context.SecondPath);
        if (error < 0)
        {
            return error;
        }

        context.Services.Names.EnterReadLock();
        try
        {
            error = Resolve(context, oldDirectory, newDirectory, flags);
            return error < 0 ? error : Act(context);
        }
        finally
        {
            context.Services.Names.ExitReadLock();
        }
    }

    private static int Resolve(SyscallContext context, int oldDirectory, int newDirectory, int flags)
    {
        PathResolver resolver = context.Services.Resolver;
        bool isDescriptor = context.Path.Length == 0 && (flags & OpenFlags.AT_EMPTY_PATH) != 0;
        int error = isDescriptor
            ? resolver.ResolveDescriptor(context, oldDirectory, context.Target)
            : resolver.ResolveObject(
                context, oldDirectory, context.Path, (flags & OpenFlags.AT_SYMLINK_FOLLOW) != 0, context.Target);
        if (error < 0)
        {
            return error;
        }

        error = resolver.ResolveName(context, newDirectory, context.SecondPath, context.SecondTarget);
        return error < 0 ? error
            : NameHandlers.IsDots(context.SecondTarget.Name.Bytes) ? -Errno.EEXIST
            : context.SecondTarget.HasTrailingSlash ? -Errno.ENOENT
            : context.Target.IsDirectory || context.Target.IsAnonymous ? -Errno.EPERM
            : 0;
    }

    private static long Act(SyscallContext context)
    {
        PathTarget from = context.Target;
        PathTarget to = context.SecondTarget;
        if (PathResolver.ResolveEntry(context, to) != -Errno.ENOENT)
        {
            return -Errno.EEXIST;
        }

        if (!context.PermitPath(PlanActionMask.FileLink, from.Canonical.Bytes, to.Canonical.Bytes)
            || !context.PermitPath(PlanActionMask.FileLink, to.Canonical.Bytes, from.Canonical.Bytes))
        {
            return -Errno.EACCES;
        }

        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        Span<byte> name = stackalloc byte[16];
        ProcPath.Write(name, default, from.Fd, default);

        // SAFETY: both names are zero-terminated. The descriptor's own entry in procfs leads to exactly the resolved inode.
        fixed (byte* self = name)
        {
            return Kernel.Call(
                SyscallNumber.linkat, context.Services.Root.SelfFds, (nint)self, to.ParentFd, (nint)to.Name.Pointer,
                OpenFlags.AT_SYMLINK_FOLLOW);
        }
    }
}
