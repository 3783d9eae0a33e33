using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Leash.Bpf.Abi;
using static Leash.Interop.Errno;
using static Leash.Interop.SocketConstants;
using static Leash.Kernel.Tests.Networks.Servers;

namespace Leash.Kernel.Tests.Networks;

/// <summary>Port 53 of any address leads to the session's resolver and permitted TCP to its gateway, which learns where it was going.</summary>
[Collection(NetworkTests.Name)]
public class RedirectionTests(NetworkPrograms programs)
{
    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"203.0.113.5:443");
        permit (principal, action == Action::"NetworkConnect", resource in Host::"[2001:db8::5]:443");
        """;

    private static readonly uint s_loopback = BinaryPrimitives.ReadUInt32LittleEndian(IPAddress.Loopback.GetAddressBytes());

    [Theory]
    [InlineData(AF_INET, "203.0.113.1:53")]
    [InlineData(AF_INET6, "[::ffff:203.0.113.1]:53")]
    public void Datagrams_ToPort53_ReachTheResolver_AndItsAnswersComeFromTheServerThatWasAsked(int family, string server)
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var resolver = Receive(IPAddress.Loopback);
        session.Update(s => s with { dns4 = s_loopback, dns_port = (ushort)Port(resolver) });
        int socket = actor.Socket(family, SOCK_DGRAM);

        Assert.Equal(1, actor.Send(socket, server));
        EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(1, resolver.ReceiveFrom(new byte[8], ref asker));
        resolver.SendTo([1], asker);
        Assert.Equal(server, actor.Receive(socket));

        // The same address at another port is no question.
        Assert.Equal(-EACCES, actor.Send(socket, server.Replace(":53", ":54", StringComparison.Ordinal)));
    }

    [Fact]
    public void ConnectedDatagramSockets_SeeTheServerThatTheyConnectedTo()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var resolver = Receive(IPAddress.Loopback);
        session.Update(s => s with { dns4 = s_loopback, dns_port = (ushort)Port(resolver) });
        int socket = actor.Socket(AF_INET, SOCK_DGRAM);

        Assert.Equal(0, actor.Connect(socket, "203.0.113.1:53"));
        Assert.Equal(1, actor.Send(socket));
        Assert.Equal("203.0.113.1:53", actor.Peer(socket));
        EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(1, resolver.ReceiveFrom(new byte[8], ref asker));
        resolver.SendTo([1], asker);
        Assert.Equal("203.0.113.1:53", actor.Receive(socket));
    }

    [Fact]
    public void Connections_ToPort53_ReachTheResolver_WhichLearnsWhereTheyWereGoing()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var resolver = Servers.Listen(IPAddress.Loopback);
        session.Update(s => s with { dns4 = s_loopback, dns_port = (ushort)Port(resolver) });

        int socket = actor.Socket(AF_INET, SOCK_STREAM);
        Assert.Equal(0, actor.Connect(socket, "203.0.113.1:53"));
        using Socket accepted = resolver.Accept();
        Assert.Equal("203.0.113.1:53", actor.Peer(socket));
        Assert.Equal(IPEndPoint.Parse("[::ffff:203.0.113.1]:53"), session.OriginalOf((IPEndPoint)accepted.RemoteEndPoint!));
    }

    [Theory]
    [InlineData(AF_INET, "203.0.113.5:443", "203.0.113.6:443")]
    [InlineData(AF_INET6, "[2001:db8::5]:443", "[2001:db8::6]:443")]
    public void PermittedConnections_ReachTheGateway_WhichLearnsWhereTheyWereGoing(int family, string permitted, string denied)
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var gateway = Servers.Listen(IPAddress.IPv6Any);
        session.Update(s => s with { gateway_port = (ushort)Port(gateway) });

        Assert.Equal(-EACCES, actor.Connect(actor.Socket(family, SOCK_STREAM), denied));
        Assert.False(gateway.Poll(0, SelectMode.SelectRead));

        int socket = actor.Socket(family, SOCK_STREAM);
        Assert.Equal(0, actor.Connect(socket, permitted));
        using Socket accepted = gateway.Accept();
        Assert.Equal(permitted, actor.Peer(socket));
        IPEndPoint original = Assert.IsType<IPEndPoint>(session.OriginalOf((IPEndPoint)accepted.RemoteEndPoint!));
        Assert.Equal(IPEndPoint.Parse(permitted), new IPEndPoint(family == AF_INET ? original.Address.MapToIPv4() : original.Address, original.Port));
        Assert.Equal(1, actor.Send(socket));
        Assert.Equal(1, accepted.Receive(new byte[8]));
    }

    [Theory]
    [InlineData(AF_INET, "127.0.0.2")]
    [InlineData(AF_INET6, "[::1]")]
    public void ConnectionsToTheMachineItself_ReachTheGateway_WhereStatementsOnRequestsNeedIt(int family, string address)
    {
        using NetworkSession session = new(programs, """permit (principal, action == Action::"NetworkConnect", resource);""");
        using Actor actor = session.StartActor();
        using var gateway = Servers.Listen(IPAddress.IPv6Any);
        using var server = Servers.Listen(IPAddress.Parse(address));
        session.Update(s => s with { gateway_port = (ushort)Port(gateway) });

        Assert.Equal(0, actor.Connect(actor.Socket(family, SOCK_STREAM), $"{address}:{Port(server)}"));
        Assert.True(server.Poll(1_000_000, SelectMode.SelectRead));
        Assert.False(gateway.Poll(0, SelectMode.SelectRead));

        session.Update(s => s with { flags = s.flags | SessionFlags.Loopback });
        Assert.Equal(0, actor.Connect(actor.Socket(family, SOCK_STREAM), $"{address}:{Port(server)}"));
        Assert.True(gateway.Poll(1_000_000, SelectMode.SelectRead));
    }

    [Fact]
    public void Datagrams_DoNotGoToTheGateway()
    {
        using NetworkSession session = new(programs, """permit (principal, action == Action::"NetworkConnect", resource == Host::"127.0.0.1");""");
        using Actor actor = session.StartActor();
        using var receiver = Receive(IPAddress.Any);
        session.Update(s => s with { gateway_port = 9 });

        Assert.Equal(1, actor.Send(actor.Socket(AF_INET, SOCK_DGRAM), $"127.0.0.1:{Port(receiver)}"));
        Assert.Equal(1, receiver.Receive(new byte[8]));
    }
}
