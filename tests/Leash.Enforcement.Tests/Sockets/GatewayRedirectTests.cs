using System.Net;
using System.Net.Sockets;
using Leash.Enforcement.Sockets;
using Leash.Interop;

namespace Leash.Enforcement.Tests.Sockets;

/// <summary>What the gateway learns of connections that the supervisor makes, on sockets of this machine.</summary>
public sealed class GatewayRedirectTests : IDisposable
{
    private static readonly IPEndPoint s_wanted = new(IPAddress.Parse("203.0.113.5"), 443);
    private readonly Socket _v4 = Listen(IPAddress.Loopback);
    private readonly Socket _v6 = Listen(IPAddress.IPv6Loopback);

    public void Dispose()
    {
        _v4.Dispose();
        _v6.Dispose();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "203.0.113.5", false)]
    [InlineData(AddressFamily.InterNetworkV6, "203.0.113.5", false)]
    [InlineData(AddressFamily.InterNetworkV6, "2001:db8::5", true)]
    public void Connection_ReachesTheGateway_WhichLearnsWhatItWas_Once(AddressFamily family, string address, bool overV6)
    {
        GatewayRedirect redirect = Redirect();
        IPEndPoint wanted = new(IPAddress.Parse(address), 443);
        using Socket client = new(family, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        if (family == AddressFamily.InterNetworkV6)
        {
            client.DualMode = true;
        }

        Assert.Contains(Connect(redirect, client, wanted, pid: 7), new[] { 0, -Errno.EINPROGRESS });

        using Socket accepted = (overV6 ? _v6 : _v4).Accept();
        RedirectedConnection found = Assert.IsType<RedirectedConnection>(redirect.Take((IPEndPoint)accepted.RemoteEndPoint!));
        Assert.Equal((wanted, 7, 3), (found.Destination, found.Pid, found.Principal));
        Assert.Null(redirect.Take((IPEndPoint)accepted.RemoteEndPoint!));
        Assert.Equal(wanted, PeerOf(redirect, client));
    }

    [Fact]
    public void Peer_IsTheKernelsToSay_OfOtherSocketsAndUnderItsPrograms()
    {
        GatewayRedirect redirect = Redirect(), byKernel = new((IPEndPoint)_v4.LocalEndPoint!, null, isByKernel: true);
        using Socket other = Listen(IPAddress.Loopback);
        using Socket elsewhere = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        elsewhere.Connect(other.LocalEndPoint!);
        using Socket unknown = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unknown.Connect(_v4.LocalEndPoint!);
        using Socket unconnected = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        foreach (Socket socket in (Socket[])[elsewhere, unknown, unconnected, datagrams])
        {
            Assert.Null(PeerOf(redirect, socket));
        }

        Assert.Equal(0, HeldSocket.TryTake((int)unconnected.Handle, isOwner: false, out HeldSocket? held));
        byKernel.Connect(held!, Enforcement.Sockets.SocketAddress.Of((IPEndPoint)_v4.LocalEndPoint!, held!.Domain), new RedirectedConnection(s_wanted, 7, [], 3), out _);
        Assert.Null(PeerOf(byKernel, unconnected));
    }

    [Fact]
    public void AskingAgainHowItWent_ChangesNothing()
    {
        GatewayRedirect redirect = Redirect();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Connect(redirect, client, s_wanted, pid: 7);
        using Socket accepted = _v4.Accept();
        Connect(redirect, client, new IPEndPoint(IPAddress.Parse("198.51.100.1"), 80), pid: 8);

        Assert.Equal(s_wanted, redirect.Take((IPEndPoint)accepted.RemoteEndPoint!)!.Destination);
        Connect(redirect, client, new IPEndPoint(IPAddress.Parse("198.51.100.1"), 80), pid: 8);
        Assert.Null(redirect.Take((IPEndPoint)accepted.RemoteEndPoint!));
    }

    [Fact]
    public void ConnectionThatWasNotRedirected_IsNotKnown()
    {
        GatewayRedirect redirect = Redirect();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(_v4.LocalEndPoint!);
        using Socket accepted = _v4.Accept();
        Assert.Null(redirect.Take((IPEndPoint)accepted.RemoteEndPoint!));
    }

    [Fact]
    public void Loopback_IsTakenOnRequest_AndTheGatewayItselfIsKnown()
    {
        GatewayRedirect redirect = Redirect();
        IPEndPoint local = new(IPAddress.Parse("127.0.0.9"), 80);
        Assert.True(redirect.Takes(s_wanted));
        Assert.False(redirect.Takes(local));
        redirect.TakesLoopback = true;
        Assert.True(redirect.Takes(local));

        Assert.True(redirect.IsGateway((IPEndPoint)_v4.LocalEndPoint!));
        Assert.True(redirect.IsGateway(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)_v6.LocalEndPoint!).Port)));
        Assert.False(redirect.IsGateway(s_wanted));
        Assert.False(redirect.IsGateway(local));
    }

    private GatewayRedirect Redirect() => new((IPEndPoint)_v4.LocalEndPoint!, (IPEndPoint)_v6.LocalEndPoint!, isByKernel: false);

    private static int Connect(GatewayRedirect redirect, Socket client, IPEndPoint wanted, int pid)
    {
        Assert.Equal(0, HeldSocket.TryTake((int)client.Handle, isOwner: false, out HeldSocket? held));
        return redirect.Connect(held!, Enforcement.Sockets.SocketAddress.Of(wanted, held!.Domain), new RedirectedConnection(wanted, pid, [], 3), out _);
    }

    private static IPEndPoint? PeerOf(GatewayRedirect redirect, Socket client)
    {
        Assert.Equal(0, HeldSocket.TryTake((int)client.Handle, isOwner: false, out HeldSocket? held));
        if (redirect.PeerOf(held!) is not { } address)
        {
            return null;
        }

        Assert.Equal(0, address.ToEndPoint(held!.Domain, out IPEndPoint peer));
        return peer;
    }

    private static Socket Listen(IPAddress address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }
}
