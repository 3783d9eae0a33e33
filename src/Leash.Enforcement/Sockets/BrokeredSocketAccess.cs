using System.Globalization;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>
/// For machines that refuse <c>pidfd_getfd(2)</c> (Docker's default profile does): the supervisor makes the session's sockets itself,
/// gives the caller one descriptor and keeps another until the socket is connected or listens. Datagram sockets, which may be given a
/// destination at any time, cannot be had this way.
/// </summary>
internal sealed class BrokeredSocketAccess : ISocketAccess
{
    private const int SweepThreshold = 128;

    private readonly Lock _gate = new();

    // Guarded by _gate: our descriptors by socket inode.
    private readonly Dictionary<ulong, int> _held = [];

    public int Acquire(SyscallContext context, int fd, out HeldSocket? socket)
    {
        socket = null;
        var inode = ReadSocketInode(context.Tid, fd, out var error);
        if (error < 0)
        {
            return error;
        }

        int duplicate;
        lock (_gate)
        {
            if (!_held.TryGetValue(inode, out var held))
            {
                // Not one that we made, or one that is settled: all of those have their peer.
                return -Errno.EISCONN;
            }

            duplicate = (int)Kernel.Call(SyscallNumber.fcntl, held, OpenFlags.F_DUPFD_CLOEXEC, 0);
        }

        return duplicate < 0 ? duplicate : HeldSocket.TryTake(duplicate, isOwner: true, out socket);
    }

    // The filter leaves sendmsg to the kernel here, so nothing is ever passed on.
    public int Duplicate(SyscallContext context, int fd) => -Errno.EPERM;

    public void Create(SyscallContext context, int domain, int type, int protocol)
    {
        if ((type & SOCK_TYPE_MASK) is not (SOCK_STREAM or SOCK_SEQPACKET) && domain != AF_NETLINK)
        {
            context.DenyStructurally(
                Errno.EPERM, "datagram sockets cannot be supervised where pidfd_getfd is refused", SocketDenial.Describe(domain, type, protocol));
            return;
        }

        if (context.Number == SyscallNumber.socketpair)
        {
            context.ReplyContinue();
            return;
        }

        SweepIfFull();
        var fd = SocketCalls.Socket(domain, type | SOCK_CLOEXEC, protocol);
        if (fd < 0)
        {
            context.ReplyResult(fd);
            return;
        }

        if (FileCalls.Stat(fd, out var stat) < 0)
        {
            Kernel.Close(fd);
            context.ReplyErrno(Errno.EACCES);
            return;
        }

        lock (_gate)
        {
            // An inode number is free again only when nobody holds the socket, so an old entry cannot be of a living one.
            if (_held.Remove(stat.stx_ino, out var stale))
            {
                Kernel.Close(stale);
            }

            _held.Add(stat.stx_ino, fd);
        }

        context.ReplyFd(fd, (type & SOCK_CLOEXEC) != 0, isKept: true);
    }

    public void Settled(HeldSocket socket)
    {
        if (FileCalls.Stat(socket.Fd, out var stat) < 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_held.Remove(stat.stx_ino, out var fd))
            {
                Kernel.Close(fd);
            }
        }
    }

    public bool ReleaseAbandoned()
    {
        Sweep();
        return true;
    }

    private static ulong ReadSocketInode(int tid, int fd, out int error)
    {
        Span<byte> path = stackalloc byte[48];
        var length = ProcPath.Write(path, "/proc/"u8, tid, "/fd/"u8);
        System.Buffers.Text.Utf8Formatter.TryFormat(fd, path[length..], out var digits);
        path[length + digits] = 0;
        return ReadSocketLink(path, out error);
    }

    private static unsafe ulong ReadSocketLink(ReadOnlySpan<byte> zeroTerminated, out int error)
    {
        Span<byte> link = stackalloc byte[64];
        int count;

        // SAFETY: both spans are on the stack; the path is zero-terminated.
        fixed (byte* name = zeroTerminated, target = link)
        {
            count = FileCalls.ReadLinkAt(Kernel.AtFdCwd, name, target, link.Length);
        }

        var prefix = "socket:["u8;
        if (count < 0)
        {
            error = count == -Errno.ENOENT ? -Errno.EBADF : count;
            return 0;
        }

        error = 0;
        if (link[..count].StartsWith(prefix) && System.Buffers.Text.Utf8Parser.TryParse(link[prefix.Length..count], out ulong inode, out _))
        {
            return inode;
        }

        error = -Errno.ENOTSOCK;
        return 0;
    }

    private void SweepIfFull()
    {
        bool isFull;
        lock (_gate)
        {
            isFull = _held.Count >= SweepThreshold;
        }

        if (isFull)
        {
            Sweep();
        }
    }

    /// <summary>Closes what no other process holds any more, so that an abandoned socket does not keep its port.</summary>
    private void Sweep()
    {
        ulong[] candidates;
        lock (_gate)
        {
            candidates = [.. _held.Keys];
        }

        var living = FindLiving();
        lock (_gate)
        {
            foreach (var inode in candidates)
            {
                if (!living.Contains(inode) && _held.Remove(inode, out var fd))
                {
                    Kernel.Close(fd);
                }
            }
        }
    }

    private static HashSet<ulong> FindLiving()
    {
        var living = new HashSet<ulong>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                foreach (var entry in Directory.EnumerateFileSystemEntries(process + "/fd"))
                {
                    var inode = ReadSocketLink(System.Text.Encoding.ASCII.GetBytes(entry + "\0"), out var error);
                    if (error == 0)
                    {
                        living.Add(inode);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone, or another user's: not of this session.
            }
        }

        return living;
    }
}
