using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>Calls that change a file's size, permission bits, owner or times without opening it.</summary>
internal static unsafe class MetadataHandlers
{
    private const int ModeBits = 0xfff;
    private const int SetIdBits = FileCalls.S_ISUID | FileCalls.S_ISGID;
    private const int FollowFlags = OpenFlags.AT_SYMLINK_NOFOLLOW | OpenFlags.AT_EMPTY_PATH;

    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.truncate, new ResultHandler(Truncate));
        table.Add(SyscallNumber.chmod, new ResultHandler(c => ChangeMode(c, Find(c, Kernel.AtFdCwd, 0, 0), c.ArgInt(1))));
        table.Add(SyscallNumber.fchmod, new ResultHandler(c => ChangeMode(c, FindDescriptor(c), c.ArgInt(1))));
        table.Add(SyscallNumber.fchmodat, new ResultHandler(c => ChangeMode(c, Find(c, c.ArgInt(0), 1, 0), c.ArgInt(2))));
        table.Add(SyscallNumber.fchmodat2, new ResultHandler(c => ChangeMode(c, Find(c, c.ArgInt(0), 1, c.ArgInt(3)), c.ArgInt(2))));
        table.Add(SyscallNumber.chown, new ResultHandler(c => ChangeOwner(c, Find(c, Kernel.AtFdCwd, 0, 0), 1)));
        table.Add(SyscallNumber.lchown, new ResultHandler(c => ChangeOwner(c, Find(c, Kernel.AtFdCwd, 0, OpenFlags.AT_SYMLINK_NOFOLLOW), 1)));
        table.Add(SyscallNumber.fchown, new ResultHandler(c => ChangeOwner(c, FindDescriptor(c), 1)));
        table.Add(SyscallNumber.fchownat, new ResultHandler(c => ChangeOwner(c, Find(c, c.ArgInt(0), 1, c.ArgInt(4)), 2)));
    }

    /// <summary>Resolves a path argument to the context's target. 0 or minus an errno.</summary>
    public static int Find(SyscallContext context, int directory, int pathArgument, int flags)
    {
        if ((flags & ~FollowFlags) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = context.ReadString(context.Arg(pathArgument), context.Path);
        if (error < 0)
        {
            return error;
        }

        bool isFollowed = (flags & OpenFlags.AT_SYMLINK_NOFOLLOW) == 0;
        return context.Path.Length == 0 && (flags & OpenFlags.AT_EMPTY_PATH) != 0
            ? FindDescriptor(context, directory)
            : context.Services.Resolver.ResolveObject(context, directory, context.Path, isFollowed, context.Target);
    }

    public static int FindDescriptor(SyscallContext context) => FindDescriptor(context, context.ArgInt(0));

    /// <summary>Resolves one of the caller's descriptors, or its working directory, to the context's target.</summary>
    public static int FindDescriptor(SyscallContext context, int descriptor)
    {
        if (descriptor != Kernel.AtFdCwd)
        {
            return context.Services.Resolver.ResolveDescriptor(context, descriptor, context.Target);
        }

        context.Path.TrySet("."u8);
        return context.Services.Resolver.ResolveObject(context, descriptor, context.Path, isFollowed: true, context.Target);
    }

    /// <summary>Decides on the target and looks once more whether the caller waits. 0 or minus an errno.</summary>
    public static int Permit(SyscallContext context, PlanActionMask action)
    {
        PathTarget target = context.Target;
        return !target.IsAnonymous && !context.PermitPath(action, target.Canonical.Bytes) ? -Errno.EACCES
            : context.IsStillValid() ? 0
            : -Errno.EINTR;
    }

    /// <summary>Writes <c>/proc/self/fd/N</c> of the target, zero-terminated: a path that leads to exactly the resolved inode.</summary>
    public static void WriteSelfPath(SyscallContext context, Span<byte> destination) =>
        ProcPath.Write(destination, "/proc/self/fd/"u8, context.Target.Fd, default);

    private static long Truncate(SyscallContext context)
    {
        int error = Find(context, Kernel.AtFdCwd, 0, 0);
        if (error == 0 && context.Target.Type != FileCalls.S_IFREG)
        {
            error = context.Target.IsDirectory ? -Errno.EISDIR : -Errno.EINVAL;
        }

        error = error < 0 ? error : Permit(context, PlanActionMask.FileTruncate);
        if (error < 0)
        {
            return error;
        }

        Span<byte> path = stackalloc byte[32];
        WriteSelfPath(context, path);

        // SAFETY: zero-terminated.
        fixed (byte* pointer = path)
        {
            return Kernel.Call(SyscallNumber.truncate, (nint)pointer, (nint)context.Arg(1));
        }
    }

    private static long ChangeMode(SyscallContext context, int error, int mode)
    {
        if (error < 0)
        {
            return error;
        }

        if (context.Target.IsSymlink)
        {
            return -Errno.EOPNOTSUPP;
        }

        if ((mode & SetIdBits) != 0 && !context.Target.IsDirectory)
        {
            context.Trail.DeniedStructurally(
                context, PlanActionMask.FileMetadata, context.Target.Canonical.Bytes, "a set-id bit on a file", Errno.EPERM);
            return -Errno.EPERM;
        }

        error = Permit(context, PlanActionMask.FileMetadata);
        if (error < 0)
        {
            return error;
        }

        Span<byte> path = stackalloc byte[32];
        WriteSelfPath(context, path);

        // SAFETY: zero-terminated.
        fixed (byte* pointer = path)
        {
            return Kernel.Call(SyscallNumber.fchmodat, Kernel.AtFdCwd, (nint)pointer, mode & ModeBits);
        }
    }

    private static long ChangeOwner(SyscallContext context, int error, int firstArgument)
    {
        error = error < 0 ? error : Permit(context, PlanActionMask.FileMetadata);
        if (error < 0)
        {
            return error;
        }

        byte empty = 0;

        // SAFETY: a local empty string.
        return Kernel.Call(
            SyscallNumber.fchownat, context.Target.Fd, (nint)(&empty), context.ArgInt(firstArgument), context.ArgInt(firstArgument + 1),
            OpenFlags.AT_EMPTY_PATH);
    }
}
