using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary>Duplicates the caller's descriptors with <c>pidfd_getfd(2)</c>.</summary>
internal sealed class PidfdSocketAccess : ISocketAccess
{
    public int Acquire(SyscallContext context, int fd, out HeldSocket? socket)
    {
        socket = null;
        var duplicate = Duplicate(context, fd);
        return duplicate < 0 ? duplicate : HeldSocket.TryTake(duplicate, isOwner: true, out socket);
    }

    public int Duplicate(SyscallContext context, int fd)
    {
        // The thread's own table of descriptors; before Linux 6.9 that of its process, which differs only for threads that gave up sharing it.
        var pidfd = SocketCalls.OpenThread(context.Tid);
        pidfd = pidfd == -Errno.EINVAL ? SocketCalls.OpenProcess(context.Tgid) : pidfd;
        if (pidfd < 0)
        {
            return pidfd;
        }

        var duplicate = SocketCalls.GetFd(pidfd, fd);
        Kernel.Close(pidfd);
        if (duplicate == -Errno.EPERM)
        {
            // FAIL-CLOSED: a process whose descriptors can't be seen (it runs an unreadable binary, say) gets no network.
            context.Trail.Failed(context, "pidfd_getfd refused");
            return -Errno.EACCES;
        }

        return duplicate;
    }

    // Creation needs no hand of ours: all arguments are values, and the filter notifies only kinds that are refused.
    public void Create(SyscallContext context, int domain, int type, int protocol) => context.ReplyContinue();

    // No descriptor outlives its call.
    public void Settled(HeldSocket socket)
    {
    }

    public bool ReleaseAbandoned() => false;
}
