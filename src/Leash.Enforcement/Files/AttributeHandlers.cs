using Leash.Enforcement.Exec;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>Extended attributes and inode flags.</summary>
internal static unsafe class AttributeHandlers
{
    private const int MaxName = 256;
    private const int MaxValue = 65_536;
    private const uint FS_IOC_SETFLAGS = 0x40086602;
    private const uint FS_IOC_FSSETXATTR = 0x401c5820;
    private const int FlagsSize = 4;
    private const int ExtendedFlagsSize = 28;

    public static void Register(HandlerTable table)
    {
        const int noFollow = OpenFlags.AT_SYMLINK_NOFOLLOW;
        table.Add(SyscallNumber.setxattr, new ResultHandler(c => Set(c, MetadataHandlers.Find(c, Kernel.AtFdCwd, 0, 0))));
        table.Add(SyscallNumber.lsetxattr, new ResultHandler(c => Set(c, MetadataHandlers.Find(c, Kernel.AtFdCwd, 0, noFollow))));
        table.Add(SyscallNumber.fsetxattr, new ResultHandler(c => Set(c, MetadataHandlers.FindDescriptor(c))));
        table.Add(SyscallNumber.removexattr, new ResultHandler(c => Remove(c, MetadataHandlers.Find(c, Kernel.AtFdCwd, 0, 0))));
        table.Add(SyscallNumber.lremovexattr, new ResultHandler(c => Remove(c, MetadataHandlers.Find(c, Kernel.AtFdCwd, 0, noFollow))));
        table.Add(SyscallNumber.fremovexattr, new ResultHandler(c => Remove(c, MetadataHandlers.FindDescriptor(c))));
        table.Add(SyscallNumber.ioctl, new ResultHandler(SetFlags));
    }

    private static long Set(SyscallContext context, int error)
    {
        error = error < 0 ? error : ReadName(context);
        if (error < 0)
        {
            return error;
        }

        ulong size = context.Arg(3);
        if (size > MaxValue)
        {
            return -Errno.E2BIG;
        }

        error = context.ReadMemory(context.Arg(2), context.Scratch.Pointer, (int)size);
        error = error < 0 ? error : Permit(context);
        if (error < 0)
        {
            return error;
        }

        Span<byte> path = stackalloc byte[32];
        MetadataHandlers.WriteSelfPath(context, path);

        // SAFETY: zero-terminated strings and a value of `size` copied bytes.
        fixed (byte* pointer = path)
        {
            return Kernel.Call(
                SyscallNumber.setxattr, (nint)pointer, (nint)context.SecondPath.Pointer, (nint)context.Scratch.Pointer, (nint)size,
                context.ArgInt(4));
        }
    }

    private static long Remove(SyscallContext context, int error)
    {
        error = error < 0 ? error : ReadName(context);
        error = error < 0 ? error : Permit(context);
        if (error < 0)
        {
            return error;
        }

        Span<byte> path = stackalloc byte[32];
        MetadataHandlers.WriteSelfPath(context, path);

        // SAFETY: zero-terminated strings.
        fixed (byte* pointer = path)
        {
            return Kernel.Call(SyscallNumber.removexattr, (nint)pointer, (nint)context.SecondPath.Pointer);
        }
    }

    private static int ReadName(SyscallContext context)
    {
        int error = context.ReadString(context.Arg(1), context.SecondPath);
        return error == -Errno.ENAMETOOLONG || (error == 0 && context.SecondPath.Length is 0 or > MaxName - 1) ? -Errno.ERANGE : error;
    }

    // The attributes a session may set (user.*) do not exist on links.
    private static int Permit(SyscallContext context) =>
        context.Target.IsSymlink ? -Errno.EPERM : MetadataHandlers.Permit(context, PlanActionMask.FileMetadata);

    private static long SetFlags(SyscallContext context)
    {
        uint request = unchecked((uint)context.ArgInt(1));
        if (FileSignals.Requests.Contains(request))
        {
            return FileSignals.Refuse(context);
        }

        if (request is not (FS_IOC_SETFLAGS or FS_IOC_FSSETXATTR))
        {
            context.Trail.DeniedStructurally(context, PlanActionMask.FileMetadata, default, "an inode request that sessions may not use", Errno.EPERM);
            return -Errno.EPERM;
        }

        int error = MetadataHandlers.FindDescriptor(context);
        if (error == 0 && context.Target.Type is not (FileCalls.S_IFREG or FileCalls.S_IFDIR))
        {
            error = -Errno.ENOTTY;
        }

        int size = request == FS_IOC_SETFLAGS ? FlagsSize : ExtendedFlagsSize;
        error = error < 0 ? error : context.ReadMemory(context.Arg(2), context.Scratch.Pointer, size);
        error = error < 0 ? error : MetadataHandlers.Permit(context, PlanActionMask.FileMetadata);
        if (error < 0)
        {
            return error;
        }

        int fd = FileOpener.Reopen(context, context.Target.Fd, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        if (fd < 0)
        {
            return fd;
        }

        // SAFETY: the request reads `size` bytes.
        long result = Kernel.Call(SyscallNumber.ioctl, fd, unchecked((nint)request), (nint)context.Scratch.Pointer);
        Kernel.Close(fd);
        return result;
    }
}
