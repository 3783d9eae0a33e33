using System.Net;
using System.Net.Sockets;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using static Leash.Interop.Errno;
using static Leash.Interop.SocketConstants;
using static Leash.Kernel.Tests.Networks.Servers;

namespace Leash.Kernel.Tests.Networks;

/// <summary>The programs on a session's cgroup, on real processes: every denial beside what the same policy allows.</summary>
[Collection(NetworkTests.Name)]
public class NetworkProgramsTests(NetworkPrograms programs)
{
    private const string Denied = "127.0.0.2";
    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource == Host::"127.0.0.1");
        permit (principal, action == Action::"NetworkConnect", resource == Host::"::1");
        permit (principal, action == Action::"NetworkConnect", resource in Host::"example.com");
        """;

    [Theory]
    [InlineData(AF_INET, "127.0.0.1", "127.0.0.2")]
    [InlineData(AF_INET6, "[::ffff:127.0.0.1]", "[::ffff:127.0.0.2]")]
    [InlineData(AF_INET6, "[::1]", "[2001:db8::1]")]
    public void Connect_ReachesWhatIsPermitted(int family, string allowed, string denied)
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Listen(family == AF_INET ? IPAddress.Any : IPAddress.IPv6Any);
        int port = Port(listener);

        Assert.Equal(-EACCES, actor.Connect(actor.Socket(family, SOCK_STREAM), $"{denied}:{port}"));
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
        int socket = actor.Socket(family, SOCK_STREAM);
        Assert.Equal(0, actor.Connect(socket, $"{allowed}:{port}"));
        Assert.Equal(1, actor.Send(socket));

        using Socket accepted = listener.Accept();
        Assert.Equal(1, accepted.Receive(new byte[8]));
        var events = session.Events();
        Assert.Equal([(EventVerdict.Deny, EventReason.NoPermit, EACCES), (EventVerdict.Allow, EventReason.Permit, 0)],
            events.Select(e => (e.verdict, e.reason, e.error)));
        Assert.All(events, e => Assert.Equal(((uint)actor.Id, (ushort)port), (e.pid, e.port)));
    }

    [Theory]
    [InlineData(AF_INET, "127.0.0.1", "127.0.0.2")]
    [InlineData(AF_INET6, "[::1]", "[::ffff:127.0.0.2]")]
    public void Datagrams_ReachWhatIsPermitted(int family, string allowed, string denied)
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var receiver = Receive(IPAddress.IPv6Any);
        int port = Port(receiver);
        int socket = actor.Socket(family, SOCK_DGRAM);

        Assert.Equal(-EACCES, actor.Send(socket, $"{denied}:{port}"));
        Assert.Equal(1, actor.Send(socket, $"{allowed}:{port}"));
        Assert.Equal(1, receiver.Receive(new byte[8]));
        Assert.Equal(-EACCES, actor.Connect(socket, $"{denied}:{port}"));
        Assert.Equal(0, actor.Connect(socket, $"{allowed}:{port}"));
        Assert.Equal(1, actor.Send(socket));
        Assert.Equal(1, receiver.Receive(new byte[8]));
        Assert.False(receiver.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void FastOpen_IsDecidedAsConnect()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Listen(IPAddress.Any);

        Assert.Equal(-EACCES, actor.Send(actor.Socket(AF_INET, SOCK_STREAM), $"{Denied}:{Port(listener)}", MSG_FASTOPEN));
        Assert.Equal(1, actor.Send(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}", MSG_FASTOPEN));
    }

    [Fact]
    public void Sockets_AreOfTcpAndUdpOnly()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();

        Assert.Equal(-EPERM, actor.Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
        Assert.Equal(-EPERM, actor.Socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
        Assert.All([AF_INET, AF_INET6], family => Assert.All([SOCK_STREAM, SOCK_DGRAM], type => Assert.InRange(actor.Socket(family, type), 0, int.MaxValue)));
        Assert.Contains(session.Events(), e => e is { verdict: EventVerdict.Deny, reason: EventReason.Structural, error: EPERM });
    }

    [Fact]
    public void OptionsThatRoute_DoNotLeave()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var receiver = Receive(IPAddress.Any);
        int socket = actor.Socket(AF_INET, SOCK_DGRAM);

        // No operation, four times: any header with options.
        Assert.Equal(0, actor.SetOption(socket, IPPROTO_IP, 4, "01010101"));
        Assert.Equal(-EPERM, actor.Send(socket, $"127.0.0.1:{Port(receiver)}"));
        Assert.Equal(0, actor.SetOption(socket, IPPROTO_IP, 4, ""));
        Assert.Equal(1, actor.Send(socket, $"127.0.0.1:{Port(receiver)}"));
        Assert.Equal(1, receiver.Receive(new byte[8]));
    }

    [Fact]
    public void CgroupsBelow_AreTheSessions()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        string below = Path.Combine(session.Cgroup, "below");
        Directory.CreateDirectory(below);
        using var listener = Listen(IPAddress.Any);
        try
        {
            actor.Enter(below);

            Assert.Equal(-EACCES, actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"{Denied}:{Port(listener)}"));
            Assert.Equal(0, actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}"));
        }
        finally
        {
            actor.Enter(session.Cgroup);
            Directory.Delete(below);
        }
    }

    [Fact]
    public void Names_PermitTheirAddresses_UntilTheyExpire()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Listen(IPAddress.Any);
        int Connect() => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"{Denied}:{Port(listener)}");

        Assert.Equal(-EACCES, Connect());
        session.Learn(IPAddress.Parse(Denied), "example.com");
        Assert.Equal(0, Connect());
        session.Learn(IPAddress.Parse(Denied), "example.org");
        Assert.Equal(-EACCES, Connect());
        session.Learn(IPAddress.Parse(Denied), "example.com", expires: 1);
        Assert.Equal(-EACCES, Connect());
    }

    [Fact]
    public void Shadow_LetsHappenWhatPoliciesDeny_AndNotWhatCannotBeDecided()
    {
        using NetworkSession session = new(programs, Policy, SessionFlags.AllEvents | SessionFlags.Shadow);
        using Actor actor = session.StartActor();
        using var listener = Listen(IPAddress.Any);
        int Connect(string address) => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"{address}:{Port(listener)}");
        Assert.Equal((0, 0), (Connect("127.0.0.1"), Connect(Denied)));

        session.Events();
        session.RemovePlan();
        Assert.Equal((-EACCES, -EACCES), (Connect("127.0.0.1"), Connect(Denied)));
        Assert.All(session.Events(), happened => Assert.Equal((EventVerdict.Deny, EventReason.NoPlan), (happened.verdict, happened.reason)));
    }

    [Fact]
    public void Plans_AreExchanged_AndFrozenOrShadowedSessionsFollow()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Listen(IPAddress.Any);
        int Connect(string address) => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"{address}:{Port(listener)}");
        Assert.Equal((0, -EACCES), (Connect("127.0.0.1"), Connect(Denied)));

        session.SetPlan($"""permit (principal, action == Action::"NetworkConnect", resource == Host::"{Denied}");""");
        Assert.Equal((-EACCES, 0), (Connect("127.0.0.1"), Connect(Denied)));

        session.Events();
        session.Update(s => s with { flags = s.flags | SessionFlags.Shadow });
        Assert.Equal(0, Connect("127.0.0.1"));
        Assert.Equal(EventVerdict.WouldDeny, Assert.Single(session.Events()).verdict);

        session.Update(s => s with { flags = s.flags | SessionFlags.Frozen });
        Assert.Equal((-EACCES, -EACCES), (Connect("127.0.0.1"), Connect(Denied)));
    }
}
