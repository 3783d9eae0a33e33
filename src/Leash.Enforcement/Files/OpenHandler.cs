using System.Runtime.InteropServices;
using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>Reads the arguments of the open family and opens for the caller.</summary>
internal sealed class OpenHandler : ISyscallHandler
{
    private const int OpenHowSize = 24;
    private const int MaxOpenHowSize = 4096;
    private const int ModeMask = 0xfff;
    private const ulong KnownResolve = OpenFlags.RESOLVE_NO_XDEV | OpenFlags.RESOLVE_NO_MAGICLINKS | OpenFlags.RESOLVE_NO_SYMLINKS
        | OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_CACHED;

    public void Handle(SyscallContext context)
    {
        int number = context.Number;
        ulong path;
        OpenRequest request;
        if (number == SyscallNumber.openat)
        {
            path = context.Arg(1);
            request = new OpenRequest(context.ArgInt(0), context.ArgInt(2), context.ArgInt(3) & ModeMask, 0);
        }
        else if (number == SyscallNumber.openat2)
        {
            path = context.Arg(1);
            int failed = ReadHow(context, out request);
            if (failed < 0)
            {
                context.ReplyResult(failed);
                return;
            }
        }
        else
        {
            path = context.Arg(0);
            request = number == SyscallNumber.creat
                ? new OpenRequest(Kernel.AtFdCwd, OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_TRUNC, context.ArgInt(1) & ModeMask, 0)
                : new OpenRequest(Kernel.AtFdCwd, context.ArgInt(1), context.ArgInt(2) & ModeMask, 0);
        }

        int error = context.ReadString(path, context.Path);
        if (error < 0)
        {
            context.ReplyResult(error);
            return;
        }

        int fd = FileOpener.Open(context, request);
        if (fd < 0)
        {
            context.ReplyResult(fd);
            return;
        }

        context.ReplyFd(fd, (request.Flags & OpenFlags.O_CLOEXEC) != 0);
    }

    // openat2(2): bytes beyond the structure that we know must be zero, so that an unknown extension is not disregarded.
    private static int ReadHow(SyscallContext context, out OpenRequest request)
    {
        request = default;
        ulong size = context.Arg(3);
        if (size is < OpenHowSize or > MaxOpenHowSize)
        {
            return size < OpenHowSize ? -Errno.EINVAL : -Errno.E2BIG;
        }

        int error;
        unsafe
        {
            // SAFETY: the scratch buffer is larger than MaxOpenHowSize.
            error = context.ReadMemory(context.Arg(2), context.Scratch.Pointer, (int)size);
        }

        if (error < 0)
        {
            return error;
        }

        ReadOnlySpan<byte> bytes = context.Scratch.All[..(int)size];
        OpenHow how = MemoryMarshal.Read<OpenHow>(bytes);
        if (bytes[OpenHowSize..].ContainsAnyExcept((byte)0))
        {
            return -Errno.E2BIG;
        }

        bool creates = (how.flags & OpenFlags.O_CREAT) != 0 || (how.flags & OpenFlags.TmpFileBit) != 0;
        if ((how.resolve & ~KnownResolve) != 0 || how.flags > int.MaxValue || (how.mode & ~(ulong)ModeMask) != 0 || (how.mode != 0 && !creates))
        {
            return -Errno.EINVAL;
        }

        request = new OpenRequest(context.ArgInt(0), (int)how.flags, (int)how.mode, how.resolve);

        // What is not certain to be cached may be answered with EAGAIN.
        return (how.resolve & OpenFlags.RESOLVE_CACHED) != 0 ? -Errno.EAGAIN : 0;
    }
}
