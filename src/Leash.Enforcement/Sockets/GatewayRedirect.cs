using System.Net;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>A connection as it was before it was redirected.</summary>
/// <param name="Destination">Where the process wanted to go.</param>
/// <param name="Pid">The process, in the supervisor's pid namespace.</param>
/// <param name="Exe">Its executable.</param>
/// <param name="Principal">Its class.</param>
internal sealed record RedirectedConnection(IPEndPoint Destination, int Pid, byte[] Exe, int Principal);

/// <summary>
/// Connects the session's sockets to its gateway, and remembers for the gateway what they wanted to reach. Connecting and remembering are one
/// step under a lock, and a lookup waits for it: whoever is accepted from a port has been remembered under it, and nobody before with that port
/// is taken for it. Thread-safe.
/// </summary>
/// <param name="v4">The gateway.</param>
/// <param name="v6">The gateway on <c>::1</c>; null when the machine has none.</param>
/// <param name="isByKernel">Whether programs in the kernel exchange the address, which are given the one that was asked for.</param>
internal sealed class GatewayRedirect(IPEndPoint v4, IPEndPoint? v6, bool isByKernel)
{
    private const int TCP_INFO = 11;
    private const int TcpClose = 7; // net/tcp_states.h
    private const int MaxWaiting = 65_536;
    private const int MaxPeers = 131_072; // the ports of two addresses
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, RedirectedConnection> _waiting = [];
    private readonly Dictionary<IPEndPoint, IPEndPoint> _peers = [];

    /// <summary>Whether connections to this machine itself are taken, too: statements on requests need it, others don't.</summary>
    public volatile bool TakesLoopback;

    public bool Takes(IPEndPoint destination) => TakesLoopback || !IPAddress.IsLoopback(destination.Address);

    /// <summary>Whether an address is the gateway's own, which nobody asks for.</summary>
    public bool IsGateway(IPEndPoint destination) =>
        IPAddress.IsLoopback(destination.Address) && (destination.Port == v4.Port || destination.Port == v6?.Port);

    /// <summary>Begins to connect a socket, without waiting. PRECONDITION: the socket doesn't block.</summary>
    /// <param name="socket">A TCP socket.</param>
    /// <param name="asked">The address as it was given.</param>
    /// <param name="connection">What it means, and who asks.</param>
    /// <param name="used">The address that the kernel was given: what a call that asks how it went has to give again.</param>
    /// <returns>0 or minus an errno, of <c>connect(2)</c>.</returns>
    public int Connect(HeldSocket socket, in SocketAddress asked, RedirectedConnection connection, out SocketAddress used)
    {
        used = asked;
        if (AddressFor(socket, connection.Destination) is not { } gateway)
        {
            return -Errno.ENETUNREACH;
        }

        used = isByKernel ? asked : gateway;
        lock (_gate)
        {
            // Only the call that begins a connection says what it is for: one that asks how it went changes nothing.
            var begins = SocketCalls.GetOption(socket.Fd, IPPROTO_TCP, TCP_INFO, out var info) == 0 && (info & 0xff) == TcpClose;
            var result = SocketCalls.Connect(socket.Fd, used.Bytes);
            if (begins && result is 0 or -Errno.EINPROGRESS)
            {
                Remember(socket, connection);
            }

            return result;
        }
    }

    /// <summary>What a connection was that the gateway accepted from an address; null for one that the session did not make.</summary>
    public RedirectedConnection? Take(IPEndPoint peer)
    {
        lock (_gate)
        {
            return _waiting.Remove(Canonical(peer), out var found) ? found : null;
        }
    }

    /// <summary>The address that a socket asked for which is connected to the gateway; null for any other, and for what happened too long ago.</summary>
    public SocketAddress? PeerOf(HeldSocket socket)
    {
        if (isByKernel || !socket.IsInet || !socket.IsStream
            || NameOf(socket, SocketCalls.GetPeerName) is not { } peer || !IsGateway(peer) || NameOf(socket, SocketCalls.GetName) is not { } local)
        {
            return null;
        }

        lock (_gate)
        {
            return _peers.TryGetValue(local, out var asked) ? SocketAddress.Of(asked, socket.Domain) : null;
        }
    }

    private void Remember(HeldSocket socket, RedirectedConnection connection)
    {
        if (NameOf(socket, SocketCalls.GetName) is not { } local)
        {
            return; // FAIL-CLOSED: the gateway does not find it and refuses
        }

        if (_waiting.Count >= MaxWaiting)
        {
            _waiting.Clear(); // those that were not accepted by now; likewise
        }

        _waiting[local] = connection;
        if (isByKernel)
        {
            return; // which says itself what was asked for
        }

        if (_peers.Count >= MaxPeers)
        {
            _peers.Clear(); // the gateway's address is shown then
        }

        // Until the port is used again: nobody tells when a connection ends.
        _peers[local] = connection.Destination;
    }

    private static IPEndPoint? NameOf(HeldSocket socket, NameReader read)
    {
        Span<byte> bytes = stackalloc byte[SocketAddress.MaxLength];
        var length = read(socket.Fd, bytes);
        return length >= 0 && SocketAddress.Of(bytes[..length]).ToEndPoint(socket.Domain, out var name) == 0 ? Canonical(name) : null;
    }

    private delegate int NameReader(int fd, Span<byte> destination);

    private SocketAddress? AddressFor(HeldSocket socket, IPEndPoint destination)
    {
        if (socket.Domain == AF_INET || destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            return SocketAddress.Of(v4, socket.Domain);
        }

        var isV6Only = SocketCalls.GetOption(socket.Fd, IPPROTO_IPV6, IPV6_V6ONLY, out var value) == 0 && value != 0;
        return v6 is not null ? SocketAddress.Of(v6, socket.Domain) : isV6Only ? null : SocketAddress.Of(v4, socket.Domain);
    }

    private static IPEndPoint Canonical(IPEndPoint endPoint) =>
        new(endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address, endPoint.Port);
}
