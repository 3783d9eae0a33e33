using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>What the kernel's name for a descriptor says about it when it is not simply a path.</summary>
internal static unsafe class CanonicalRules
{
    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    public static bool HasDeletedSuffix(ReadOnlySpan<byte> canonical) => canonical.EndsWith(Deleted);

    /// <summary>Marks anonymous objects and takes the kernel's suffix off the path of a removed file. 0 or minus an errno.</summary>
    public static int Check(SyscallContext context, AgentRoot root, PathTarget target)
    {
        ReadOnlySpan<byte> canonical = target.Canonical.Bytes;
        if (canonical.IsEmpty || canonical.Length >= Kernel.PathMax)
        {
            // FAIL-CLOSED: nothing to decide on.
            context.Trail.Unresolvable(context, Errno.ENAMETOOLONG);
            return -Errno.EACCES;
        }

        if (canonical[0] != (byte)'/')
        {
            target.IsAnonymous = true;
            return 0;
        }

        if (!HasDeletedSuffix(canonical) || IsLiteral(root, target))
        {
            return 0;
        }

        if (canonical.StartsWith("/memfd:"u8))
        {
            target.IsAnonymous = true;
            return 0;
        }

        target.Canonical.SetLength(canonical.Length - Deleted.Length);
        return 0;
    }

    // A file may really be called `x (deleted)`: then that name leads to the same inode.
    private static bool IsLiteral(AgentRoot root, PathTarget target)
    {
        int flags = OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
        int fd = FileCalls.OpenAt2(
            root.RootFd, target.Canonical.Pointer, flags, 0, OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_SYMLINKS);
        if (fd < 0)
        {
            return false;
        }

        bool isSame = FileCalls.Stat(fd, out Statx stat) == 0
            && stat.stx_ino == target.Stat.stx_ino
            && stat.stx_dev_major == target.Stat.stx_dev_major
            && stat.stx_dev_minor == target.Stat.stx_dev_minor;
        Kernel.Close(fd);
        return isSame;
    }
}
