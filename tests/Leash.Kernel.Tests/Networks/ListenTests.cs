using System.Net;
using System.Net.Sockets;
using Leash.Bpf.Events;
using static Leash.Interop.Errno;
using static Leash.Interop.SocketConstants;
using static Leash.Kernel.Tests.Networks.Servers;

namespace Leash.Kernel.Tests.Networks;

/// <summary>What a session's sockets may be bound to and answer on.</summary>
[Collection(NetworkTests.Name)]
public class ListenTests(NetworkPrograms programs)
{
    private static readonly int s_port = FreePort();
    private static readonly string s_policy =
        $$"""permit (principal, action == Action::"NetworkListen", resource) when { context.port == {{s_port}} };""";

    [Theory]
    [InlineData(AF_INET, "0.0.0.0")]
    [InlineData(AF_INET6, "[::]")]
    public void Bind_IsForPermittedPorts(int family, string any)
    {
        using NetworkSession session = new(programs, s_policy);
        using Actor actor = session.StartActor();

        Assert.All([SOCK_STREAM, SOCK_DGRAM], type =>
        {
            Assert.Equal(-EACCES, actor.Bind(actor.Socket(family, type), $"{any}:{s_port - 1}"));
            int socket = actor.Socket(family, type);
            Assert.Equal(0, actor.Bind(socket, $"{any}:{s_port}"));
            actor.Close(socket);
        });
        Assert.Equal(2, session.Events().Count(e => e is { verdict: EventVerdict.Deny, reason: EventReason.NoPermit }));
    }

    [Fact]
    public void Listeners_AnswerOnPermittedPortsOnly()
    {
        using NetworkSession session = new(programs, s_policy);
        using Actor actor = session.StartActor();
        int permitted = actor.Socket(AF_INET, SOCK_STREAM);
        Assert.Equal((0, 0), (actor.Bind(permitted, $"127.0.0.1:{s_port}"), actor.Listen(permitted)));
        int denied = actor.Socket(AF_INET, SOCK_STREAM);
        Assert.Equal((0, 0), (actor.Bind(denied, "127.0.0.1:0"), actor.Listen(denied)));

        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(actor.Local(permitted));
        Assert.True(client.Connected);

        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => other.Connect(actor.Local(denied))).SocketErrorCode);
        Assert.False(other.Poll(500_000, SelectMode.SelectWrite));
    }

    [Fact]
    public void Listeners_ThatTriedToConnectBefore_AnswerOnPermittedPortsOnly()
    {
        var closed = FreePort();
        using NetworkSession session = new(programs, $$"""{{s_policy}} permit (principal, action == Action::"NetworkConnect", resource == Host::"127.0.0.1");""");
        using Actor actor = session.StartActor();
        int permitted = actor.Socket(AF_INET, SOCK_STREAM);
        Assert.Equal(
            (0, -ECONNREFUSED, 0),
            (actor.Bind(permitted, $"127.0.0.1:{s_port}"), actor.Connect(permitted, $"127.0.0.1:{closed}"), actor.Listen(permitted)));
        int denied = actor.Socket(AF_INET, SOCK_STREAM);
        Assert.Equal(
            (0, -ECONNREFUSED, 0),
            (actor.Bind(denied, "127.0.0.1:0"), actor.Connect(denied, $"127.0.0.1:{closed}"), actor.Listen(denied)));

        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(actor.Local(permitted));
        Assert.True(client.Connected);

        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => other.Connect(actor.Local(denied))).SocketErrorCode);
        Assert.False(other.Poll(500_000, SelectMode.SelectWrite));
    }

    [Fact]
    public void AcceptedConnections_Answer()
    {
        using NetworkSession session = new(programs, s_policy);
        using Actor actor = session.StartActor();
        int listener = actor.Socket(AF_INET6, SOCK_STREAM);
        Assert.Equal((0, 0), (actor.Bind(listener, $"[::]:{s_port}"), actor.Listen(listener)));

        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 2000 };
        client.Connect(IPAddress.Loopback, s_port);
        int accepted = actor.Accept(listener);
        Assert.Equal(1, actor.Send(accepted));
        Assert.Equal(1, client.Receive(new byte[8]));
    }

    private static int FreePort()
    {
        using var socket = Servers.Listen(IPAddress.Any);
        return Port(socket);
    }
}
