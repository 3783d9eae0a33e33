using Leash.Interop;
using Leash.Plan;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>The supervisor's own duplicate of a socket of the session, with the facts that never change during a socket's life.</summary>
internal sealed class HeldSocket : IDisposable
{
    private readonly bool _isOwner;

    private HeldSocket(int fd, bool isOwner, int domain, int type, int protocol)
    {
        Fd = fd;
        _isOwner = isOwner;
        Domain = domain;
        Type = type;
        Protocol = protocol;
    }

    public int Fd { get; }

    public int Domain { get; }

    public int Type { get; }

    public int Protocol { get; }

    public bool IsInet => Domain is AF_INET or AF_INET6;

    public bool IsStream => Type == SOCK_STREAM;

    /// <summary>TCP or UDP; null for anything that a plan has no word for.</summary>
    public TransportProtocol? Transport => (Type, Protocol) switch
    {
        (SOCK_STREAM, IPPROTO_TCP) => TransportProtocol.Tcp,
        (SOCK_DGRAM, IPPROTO_UDP) => TransportProtocol.Udp,
        _ => null,
    };

    public bool IsNonBlocking => (SocketCalls.GetStatusFlags(Fd) & OpenFlags.O_NONBLOCK) != 0;

    /// <summary>Takes a descriptor; 0, or minus ENOTSOCK (then the descriptor is closed if it was to be owned).</summary>
    public static int TryTake(int fd, bool isOwner, out HeldSocket? socket)
    {
        socket = null;
        var error = SocketCalls.GetOption(fd, SOL_SOCKET, SO_DOMAIN, out var domain);
        var type = 0;
        var protocol = 0;
        error = error < 0 ? error : SocketCalls.GetOption(fd, SOL_SOCKET, SO_TYPE, out type);
        error = error < 0 ? error : SocketCalls.GetOption(fd, SOL_SOCKET, SO_PROTOCOL, out protocol);
        if (error < 0)
        {
            if (isOwner)
            {
                Kernel.Close(fd);
            }

            return error;
        }

        socket = new HeldSocket(fd, isOwner, domain, type, protocol);
        return 0;
    }

    public void Dispose()
    {
        if (_isOwner)
        {
            Kernel.Close(Fd);
        }
    }
}
