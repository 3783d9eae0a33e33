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
        var pidfd = SocketCalls.OpenPidfd(context.Tid, context.Tgid);
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
