using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>
/// Resolves a path component by component, where openat2 cannot: through procfs's magic links, <c>/proc/self</c> (which would mean the
/// supervisor), <c>..</c> out of the start directory, and on kernels without openat2.
/// </summary>
internal sealed unsafe class PathWalker(AgentRoot root)
{
    /// <summary>The kernel's limit, MAXSYMLINKS.</summary>
    private const int MaxLinks = 40;

    private static readonly int Step = OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;

    /// <summary>Returns an O_PATH descriptor or minus an errno. The start stays open.</summary>
    public int Walk(SyscallContext context, int start, NativeBuffer path, bool isFollowed)
    {
        NativeBuffer rest = context.Walk;
        rest.TrySet(path.Bytes);
        int current = Duplicate(rest.Bytes[0] == (byte)'/' ? root.RootFd : start);
        int links = 0;
        while (current >= 0)
        {
            ReadOnlySpan<byte> remaining = rest.Bytes.TrimStart((byte)'/');
            if (remaining.IsEmpty)
            {
                int error = rest.Length > 0 ? DirectoryError(current) : 0;
                return error < 0 ? CloseWith(current, error) : current;
            }

            int shortcut = TryRest(current, rest, remaining, isFollowed);
            if (shortcut != -Errno.ELOOP)
            {
                Kernel.Close(current);
                return shortcut;
            }

            int slash = remaining.IndexOf((byte)'/');
            bool isLast = slash < 0;
            int nameLength = isLast ? remaining.Length : slash;
            int next = StepInto(context, current, rest, rest.Length - remaining.Length, nameLength, isFollowed || !isLast, ref links);
            if (next != current)
            {
                Kernel.Close(current);
            }

            current = next;
        }

        return current;
    }

    // Everything that is left at once, when it holds no link and no `..`; ELOOP says that it has to be walked.
    private static int TryRest(int current, NativeBuffer rest, ReadOnlySpan<byte> remaining, bool isFollowed)
    {
        if (HasDotDot(remaining))
        {
            return -Errno.ELOOP;
        }

        int flags = OpenFlags.O_PATH | OpenFlags.O_CLOEXEC | (isFollowed ? 0 : OpenFlags.O_NOFOLLOW);
        byte* from = rest.Pointer + (rest.Length - remaining.Length);
        int fd = FileCalls.OpenAt2(
            current, from, flags, 0, OpenFlags.RESOLVE_NO_SYMLINKS | OpenFlags.RESOLVE_NO_MAGICLINKS);
        return fd is -Errno.ENOSYS or -Errno.EAGAIN ? -Errno.ELOOP : fd;
    }

    // Moves over one component; `rest` then holds what is left. Returns the new current descriptor or minus an errno.
    private int StepInto(
        SyscallContext context, int current, NativeBuffer rest, int offset, int nameLength, bool isFollowed, ref int links)
    {
        Span<byte> name = stackalloc byte[257];
        if (nameLength > 255)
        {
            return -Errno.ENAMETOOLONG;
        }

        rest.Bytes.Slice(offset, nameLength).CopyTo(name);
        name[nameLength] = 0;
        Consume(rest, offset + nameLength);
        ReadOnlySpan<byte> component = name[..nameLength];
        if (component.SequenceEqual("."u8))
        {
            return DirectoryError(current) is var error and < 0 ? error : current;
        }

        if (component.SequenceEqual(".."u8))
        {
            return Ascend(context, current);
        }

        int next = FileCalls.OpenAt(current, name, Step);
        if (next < 0)
        {
            return next;
        }

        int statError = FileCalls.Stat(next, out Statx stat);
        bool isLink = statError == 0 && (stat.stx_mode & FileCalls.S_IFMT) == FileCalls.S_IFLNK;
        if (statError < 0 || !isLink || !(isFollowed || rest.Length > 0))
        {
            return statError < 0 ? CloseWith(next, statError) : next;
        }

        return ++links > MaxLinks ? CloseWith(next, -Errno.ELOOP) : FollowLink(context, current, next, name, component, stat, rest);
    }

    private int FollowLink(
        SyscallContext context, int current, int link, ReadOnlySpan<byte> name, ReadOnlySpan<byte> component, in Statx stat, NativeBuffer rest)
    {
        NativeBuffer text = context.Link;
        if (root.FindProcMount(stat) is { } mount)
        {
            int error = root.ReadCanonical(current, text);
            if (error < 0)
            {
                return CloseWith(link, error);
            }

            if (!text.Bytes.SequenceEqual(mount.MountPoint))
            {
                // Under a process's directory every link is magic: it leads to an object, not to a path.
                error = context.Services.ProcRules.CheckProcess(context, text.Bytes, mount);
                Kernel.Close(link);
                return error < 0 ? error : FileCalls.OpenAt(current, name, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC);
            }

            if (component.SequenceEqual("self"u8) || component.SequenceEqual("thread-self"u8))
            {
                Kernel.Close(link);
                return SubstituteSelf(context, mount, component.Length > 4, text) ? Prepend(text, rest, current) : -Errno.ENOENT;
            }
        }

        byte empty = 0;
        int length = FileCalls.ReadLinkAt(link, &empty, text.Pointer, Kernel.PathMax);
        Kernel.Close(link);
        if (length <= 0)
        {
            return length == 0 ? -Errno.ENOENT : length;
        }

        text.SetLength(length);
        return Prepend(text, rest, current);
    }

    // The link's text comes before what is left; an absolute text starts again at the session's root.
    private int Prepend(NativeBuffer text, NativeBuffer rest, int current)
    {
        bool isAbsolute = text.Bytes[0] == (byte)'/';
        if (rest.Length > 0 && !text.TryAppend(rest.Bytes))
        {
            return -Errno.ENAMETOOLONG;
        }

        return !rest.TrySet(text.Bytes) ? -Errno.ENAMETOOLONG : isAbsolute ? Duplicate(root.RootFd) : current;
    }

    private static bool SubstituteSelf(SyscallContext context, ProcMount mount, bool isThread, NativeBuffer text)
    {
        if (!context.Services.ProcRules.TryReadCallerIds(context, mount, out int tgid, out int tid))
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[48];
        int length = isThread
            ? ProcPath.Write(buffer, tgid, "/task/"u8, tid)
            : ProcPath.Write(buffer, default, tgid, default);
        return text.TrySet(buffer[..length]);
    }

    private int Ascend(SyscallContext context, int current)
    {
        int error = root.ReadCanonical(current, context.Link);
        return error < 0 ? error
            : context.Link.Bytes.SequenceEqual("/"u8) ? current
            : FileCalls.OpenAt(current, "..\0"u8, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
    }

    private static int DirectoryError(int fd) =>
        FileCalls.Stat(fd, out Statx stat) is var error and < 0 ? error
        : (stat.stx_mode & FileCalls.S_IFMT) == FileCalls.S_IFDIR ? 0
        : -Errno.ENOTDIR;

    private static void Consume(NativeBuffer rest, int count)
    {
        ReadOnlySpan<byte> left = rest.Bytes[count..];
        left.CopyTo(rest.All);
        rest.SetLength(left.Length);
    }

    private static bool HasDotDot(ReadOnlySpan<byte> path)
    {
        int at;
        while ((at = path.IndexOf(".."u8)) >= 0)
        {
            bool startsComponent = at == 0 || path[at - 1] == (byte)'/';
            bool endsComponent = at + 2 == path.Length || path[at + 2] == (byte)'/';
            if (startsComponent && endsComponent)
            {
                return true;
            }

            path = path[(at + 2)..];
        }

        return false;
    }

    private static int CloseWith(int fd, int error)
    {
        Kernel.Close(fd);
        return error;
    }

    private static int Duplicate(int fd) => (int)Kernel.Call(SyscallNumber.fcntl, fd, OpenFlags.F_DUPFD_CLOEXEC, 0);
}
