using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>Character devices: those that mean something else for each process, and terminals, which belong to sessions.</summary>
internal static unsafe class DeviceOpener
{
    private const uint TtyMajor = 5;
    private const uint ControllingTerminalMinor = 0;
    private const uint MultiplexerMinor = 2;

    /// <summary>Opens the context's target, which is a character device that the policy allows.</summary>
    public static int Open(SyscallContext context, OpenRequest request)
    {
        PathTarget target = context.Target;
        uint major = target.Stat.stx_rdev_major;
        uint minor = target.Stat.stx_rdev_minor;
        int flags = FileOpener.ReopenFlags(request);
        if (major == TtyMajor && minor == ControllingTerminalMinor)
        {
            return OpenControllingTerminal(context, flags);
        }

        int index = TerminalSet.Index(major, minor);
        if (index >= 0 && !context.Services.Terminals.Contains(index))
        {
            context.Trail.DeniedStructurally(
                context, PlanActionMask.FileOpenReadWrite, target.Canonical.Bytes, "a terminal that is not the session's");
            return -Errno.EACCES;
        }

        int fd = FileOpener.Reopen(context, target.Fd, flags);
        if (fd >= 0 && major == TtyMajor && minor == MultiplexerMinor)
        {
            context.Services.Terminals.AddSlaveOf(fd);
        }

        return fd;
    }

    // /dev/tty is the terminal of whoever opens it, which must be the caller and not its supervisor.
    private static int OpenControllingTerminal(SyscallContext context, int flags)
    {
        int index = TerminalSet.ReadControllingTerminal(context.Tid);
        if (index < 0)
        {
            return -Errno.ENXIO;
        }

        Span<byte> path = stackalloc byte[32];
        ProcPath.Write(path, "dev/pts/"u8, index, default);

        // SAFETY: the path is zero-terminated.
        fixed (byte* pointer = path)
        {
            int fd = FileCalls.OpenAt2(
                context.Services.Root.RootFd, pointer, flags | OpenFlags.O_CLOEXEC, 0, OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_MAGICLINKS);
            return fd is -Errno.ENOENT or -Errno.ENOTDIR ? -Errno.ENXIO : fd;
        }
    }
}
