using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>
/// Turns a caller's path, copied once, into an object or a name in a directory, inside the agent's root. From then on only the
/// descriptors are used: what is decided on is what is operated on, whatever the caller does to its memory or its directories.
/// Results are 0 or minus an errno as Linux would give it.
/// </summary>
internal sealed unsafe class PathResolver(AgentRoot root)
{
    private const ulong InRoot = OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_MAGICLINKS;
    private const ulong Beneath = OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_MAGICLINKS;
    private readonly PathWalker _walker = new(root);

    /// <summary>Resolves to an object: <see cref="PathTarget.Fd"/>, its type and its canonical path.</summary>
    /// <param name="context">The call.</param>
    /// <param name="directoryFd">The caller's directory descriptor or AT_FDCWD.</param>
    /// <param name="path">The path; an empty one does not exist.</param>
    /// <param name="isFollowed">Whether a symbolic link in the last component is followed.</param>
    /// <param name="target">Receives the result and owns its descriptors until released.</param>
    /// <param name="restrictions">Further RESOLVE_* flags that the caller itself asked for (openat2).</param>
    public int ResolveObject(
        SyscallContext context, int directoryFd, NativeBuffer path, bool isFollowed, PathTarget target, ulong restrictions = 0)
    {
        if (path.Length == 0)
        {
            return -Errno.ENOENT;
        }

        int fd = Open(context, directoryFd, path, isFollowed, restrictions);
        if (fd < 0)
        {
            return fd;
        }

        target.Fd = fd;
        return Describe(context, target);
    }

    /// <summary>
    /// Resolves everything but the last component, which need not exist: <see cref="PathTarget.ParentFd"/>,
    /// <see cref="PathTarget.Name"/> and the canonical path of the name.
    /// </summary>
    public int ResolveName(SyscallContext context, int directoryFd, NativeBuffer path, PathTarget target, ulong restrictions = 0)
    {
        if (path.Length == 0)
        {
            return -Errno.ENOENT;
        }

        ReadOnlySpan<byte> bytes = path.Bytes.TrimEnd((byte)'/');
        target.HasTrailingSlash = bytes.Length < path.Length;
        int slash = bytes.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = bytes[(slash + 1)..];
        if (name.Length > 255)
        {
            return -Errno.ENAMETOOLONG;
        }

        // The root itself has no name in a directory; `.` makes every operation on it fail as Linux does.
        target.Name.TrySet(name.IsEmpty ? "."u8 : name);
        int parent = OpenParent(context, directoryFd, bytes[..(slash + 1)], path, restrictions);
        if (parent < 0)
        {
            return parent;
        }

        target.ParentFd = parent;
        return DescribeName(context, target);
    }

    /// <summary>Resolves one of the caller's descriptors to the object behind it.</summary>
    public int ResolveDescriptor(SyscallContext context, int descriptor, PathTarget target)
    {
        int fd = OpenDescriptor(context, descriptor);
        if (fd < 0)
        {
            return fd;
        }

        target.Fd = fd;
        return Describe(context, target);
    }

    /// <summary>Opens the object that the target's name stands for now, without following it.</summary>
    public static int ResolveEntry(SyscallContext context, PathTarget target)
    {
        int fd = FileCalls.OpenAt(
            target.ParentFd, target.Name.Pointer, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC);
        if (fd < 0)
        {
            return fd;
        }

        Kernel.Close(target.Fd);
        target.Fd = fd;
        int error = FileCalls.Stat(fd, out Statx stat);
        target.Stat = stat;
        target.Mode = stat.stx_mode;
        return error < 0 ? error : context.Services.ProcRules.Check(context, target);
    }

    /// <summary>O_PATH duplicate of a caller's descriptor, or minus EBADF.</summary>
    public int OpenDescriptor(SyscallContext context, int descriptor)
    {
        if (descriptor < 0)
        {
            return -Errno.EBADF;
        }

        Span<byte> name = stackalloc byte[48];
        ProcPath.Write(name, context.Tid, "/fd/"u8, descriptor);
        int fd = FileCalls.OpenAt(root.HostProc, name, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC);
        return fd == -Errno.ENOENT ? -Errno.EBADF : fd;
    }

    private int Open(SyscallContext context, int directoryFd, NativeBuffer path, bool isFollowed, ulong restrictions)
    {
        int flags = OpenFlags.O_PATH | OpenFlags.O_CLOEXEC | (isFollowed ? 0 : OpenFlags.O_NOFOLLOW);
        bool isAbsolute = path.Bytes[0] == (byte)'/';
        if (isAbsolute && restrictions == 0)
        {
            int fast = ProcRules.NeedsWalk(path.Bytes)
                ? -Errno.ELOOP
                : FileCalls.OpenAt2(root.RootFd, path.Pointer, flags, 0, InRoot);
            return IsConclusive(context, fast) ? fast : _walker.Walk(context, root.RootFd, path, isFollowed);
        }

        bool startsAtRoot = isAbsolute && (restrictions & (OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_IN_ROOT)) == 0;
        int start = startsAtRoot ? Duplicate(root.RootFd) : OpenStart(context, directoryFd);
        if (start < 0)
        {
            return start;
        }

        ulong resolve = (restrictions & OpenFlags.RESOLVE_IN_ROOT) != 0 || startsAtRoot ? InRoot : Beneath;
        int fd = FileCalls.OpenAt2(start, path.Pointer, flags, 0, resolve | restrictions);
        if (restrictions == 0 ? !IsConclusive(context, fd) : fd >= 0 && IsSupervisorsOwn(context, fd))
        {
            // FAIL-CLOSED: with the caller's own restrictions there is no walking; a link to the supervisor's procfs entry ends here.
            fd = restrictions == 0 ? _walker.Walk(context, start, path, isFollowed) : -Errno.ELOOP;
        }

        Kernel.Close(start);
        return fd;
    }

    private int OpenParent(SyscallContext context, int directoryFd, ReadOnlySpan<byte> directory, NativeBuffer whole, ulong restrictions)
    {
        if (directory.IsEmpty)
        {
            return whole.Bytes[0] == (byte)'/' ? Duplicate(root.RootFd) : OpenStart(context, directoryFd);
        }

        NativeBuffer buffer = context.Scratch;
        buffer.TrySet(directory);
        return Open(context, directoryFd, buffer, isFollowed: true, restrictions);
    }

    /// <summary>The directory that relative paths of the caller start at.</summary>
    private int OpenStart(SyscallContext context, int directoryFd)
    {
        if (directoryFd != Kernel.AtFdCwd)
        {
            return OpenDescriptor(context, directoryFd);
        }

        Span<byte> name = stackalloc byte[32];
        ProcPath.Write(name, default, context.Tid, "/cwd"u8);
        return FileCalls.OpenAt(root.HostProc, name, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC);
    }

    private int Describe(SyscallContext context, PathTarget target)
    {
        int error = FileCalls.Stat(target.Fd, out Statx stat);
        if (error < 0)
        {
            return error;
        }

        target.Stat = stat;
        target.Mode = stat.stx_mode;
        error = root.ReadCanonical(target.Fd, target.Canonical);
        if (error < 0)
        {
            return Unresolvable(context, error);
        }

        return CanonicalRules.Check(context, root, target) is var checkedError and < 0
            ? checkedError
            : context.Services.ProcRules.Check(context, target);
    }

    private int DescribeName(SyscallContext context, PathTarget target)
    {
        int error = FileCalls.Stat(target.ParentFd, out Statx stat);
        if (error < 0)
        {
            return error;
        }

        if ((stat.stx_mode & FileCalls.S_IFMT) != FileCalls.S_IFDIR)
        {
            return -Errno.ENOTDIR;
        }

        error = root.ReadCanonical(target.ParentFd, target.Canonical);
        if (error < 0)
        {
            return Unresolvable(context, error);
        }

        NativeBuffer canonical = target.Canonical;
        if (canonical.Length == 0 || canonical.Bytes[0] != (byte)'/' || CanonicalRules.HasDeletedSuffix(canonical.Bytes))
        {
            // A removed directory takes no new names.
            return -Errno.ENOENT;
        }

        bool fits = (canonical.Length == 1 || canonical.TryAppend("/"u8)) && canonical.TryAppend(target.Name.Bytes);
        return fits && canonical.Length < Kernel.PathMax ? 0 : Unresolvable(context, -Errno.ENAMETOOLONG);
    }

    private static int Unresolvable(SyscallContext context, int error)
    {
        // FAIL-CLOSED: an object without a name to decide on is denied.
        context.Trail.Unresolvable(context, -error);
        return -Errno.EACCES;
    }

    // ELOOP: perhaps a procfs link; ENOENT: perhaps `self` under the session's procfs, which means nothing to the supervisor;
    // EXDEV: left the start directory; EAGAIN: raced with a rename; ENOSYS: before Linux 5.6.
    private bool IsConclusive(SyscallContext context, int result) =>
        result is not (-Errno.ELOOP or -Errno.ENOENT or -Errno.EXDEV or -Errno.EAGAIN or -Errno.ENOSYS)
        && !(result >= 0 && IsSupervisorsOwn(context, result));

    // Without a pid namespace a symbolic link to /proc/self leads to the supervisor itself. Such a descriptor is closed here.
    private bool IsSupervisorsOwn(SyscallContext context, int fd)
    {
        if (context.Services.Options.OwnPidNamespace
            || FileCalls.Stat(fd, out Statx stat) < 0
            || root.FindProcMount(stat) is null)
        {
            return false;
        }

        bool isOwn = root.ReadCanonical(fd, context.Link) < 0 || ProcRules.IsOf(context.Link.Bytes, Environment.ProcessId);
        if (isOwn)
        {
            Kernel.Close(fd);
        }

        return isOwn;
    }

    private static int Duplicate(int fd) =>
        (int)Kernel.Call(SyscallNumber.fcntl, fd, OpenFlags.F_DUPFD_CLOEXEC, 0);
}
