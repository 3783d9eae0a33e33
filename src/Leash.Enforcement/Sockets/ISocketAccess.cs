using Leash.Enforcement.Seccomp;

namespace Leash.Enforcement.Sockets;

/// <summary>How the supervisor gets hold of the caller's sockets.</summary>
internal interface ISocketAccess
{
    /// <summary>A duplicate of descriptor <paramref name="fd"/> of the caller; 0 or minus an errno, EBADF and ENOTSOCK as the kernel would say.</summary>
    int Acquire(SyscallContext context, int fd, out HeldSocket? socket);

    /// <summary>A duplicate of any descriptor of the caller, to pass on; the new descriptor or minus an errno.</summary>
    int Duplicate(SyscallContext context, int fd);

    /// <summary>Creates the socket that the caller asked for with <c>socket(2)</c> and replies.</summary>
    void Create(SyscallContext context, int domain, int type, int protocol);

    /// <summary>The socket is connected or listens: nothing more will have to be performed on it.</summary>
    void Settled(HeldSocket socket);

    /// <summary>An address is in use: lets go of sockets that the session itself has abandoned. True when another try may succeed.</summary>
    bool ReleaseAbandoned();
}
