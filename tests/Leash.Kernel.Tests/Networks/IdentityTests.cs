using System.Net;
using System.Net.Sockets;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using static Leash.Interop.Errno;
using static Leash.Interop.SocketConstants;
using static Leash.Kernel.Tests.Networks.Servers;

namespace Leash.Kernel.Tests.Networks;

/// <summary>Policies that ask who: by what the hooks say of the caller, or by what a supervisor says while it acts for a process.</summary>
[Collection(NetworkTests.Name)]
public class IdentityTests(NetworkPrograms programs)
{
    private const ulong Exec = 79;
    private const string Policy = """permit (principal in Exe::"/bin/trusted", action == Action::"NetworkConnect", resource);""";

    [Fact]
    public void WithoutAnIdentity_EverythingIsDenied()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);

        Assert.Equal(-EACCES, actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}"));
        Assert.Equal(EventReason.NoPrincipal, Assert.Single(session.Events()).reason);
    }

    [Fact]
    public void Callers_AreWhoTheHooksSay()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);
        int Connect() => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}");
        LeashTask task = new() { cgroup = session.Id, principal = session.Move("/bin/trusted"), generation = session.Generation, exec_id = 77 };

        session.Map("leash_callers").Update(actor.Thread, in task);
        Assert.Equal(0, Connect());
        Assert.Equal(77UL, session.Events()[^1].exec_id);
        session.Map("leash_callers").Update(actor.Thread, task with { principal = session.Move("/bin/other") });
        Assert.Equal(-EACCES, Connect());
        session.Map("leash_callers").Update(actor.Thread, task with { cgroup = 1 });
        Assert.Equal(-EACCES, Connect());
    }

    [Fact]
    public void CallersOfAnotherGeneration_AreWhoTheirExecutableIs()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);
        int Connect() => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}");
        session.Map("leash_callers").Update(actor.Thread, new LeashTask
        {
            cgroup = session.Id, principal = session.Move("/bin/trusted"), generation = session.Generation + 7, exec_id = 78,
        });

        Assert.Equal(-EACCES, Connect());
        session.Map("leash_exec_classes").Update((session.Generation, 78UL), session.Move("/bin/trusted"));
        Assert.Equal(0, Connect());
    }

    [Fact]
    public void Supervisors_ActForWhomTheySay()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);
        int Connect() => actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}");
        LeashDelegate acting = new() { Cgroup = session.Id, Principal = session.Move("/bin/trusted"), Tid = 4242 };

        session.Map("leash_delegates").Update(actor.Thread, in acting);
        Assert.Equal(0, Connect());
        Assert.Equal(4242u, session.Events()[^1].tid);
        session.Map("leash_delegates").Update(actor.Thread, acting with { Principal = session.Move("/bin/other") });
        Assert.Equal(-EACCES, Connect());
        session.Map("leash_delegates").Delete(actor.Thread);
        Assert.Equal(-EACCES, Connect());
    }

    [Fact]
    public void BeforeItsFirstExec_ATaskIsTheSessionsFirstImage_UnderEveryPlan()
    {
        using NetworkSession session = new(programs, """permit (principal, action == Action::"NetworkConnect", resource) unless { principal in Exe::"/bin/other" };""");
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);

        session.Map("leash_callers").Update(actor.Thread, new LeashTask { cgroup = session.Id, principal = PlanAbi.NoPrincipal });

        Assert.Equal(0, actor.Connect(actor.Socket(AF_INET, SOCK_STREAM), $"127.0.0.1:{Port(listener)}"));
    }

    [Fact]
    public void Listeners_AreOfWhoListens_NotOfWhoMadeTheSocket()
    {
        using NetworkSession session = new(programs, """permit (principal in Exe::"/bin/trusted", action == Action::"NetworkListen", resource);""");
        using Actor actor = session.StartActor();

        // Answers when the last of these is the trusted program.
        bool IsAnswered(string maker, string listener)
        {
            Become(session, actor, maker);
            int socket = actor.Socket(AF_INET, SOCK_STREAM);
            Assert.Equal(0, actor.Bind(socket, "127.0.0.1:0"));
            Become(session, actor, listener);
            Assert.Equal(0, actor.Listen(socket));
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => client.Connect(actor.Local(socket))).SocketErrorCode);
            return client.Poll(500_000, SelectMode.SelectWrite);
        }

        Assert.True(IsAnswered("/bin/other", "/bin/trusted"));
        Assert.False(IsAnswered("/bin/trusted", "/bin/other"));
    }

    [Fact]
    public void PacketsThatNobodyAddressed_AreDecidedByWhoUsedTheSocketLast_UnderThePlanInForce()
    {
        using NetworkSession session = new(programs, Policy);
        using Actor actor = session.StartActor();
        using var receiver = Receive(IPAddress.Any);
        Become(session, actor, "/bin/trusted");

        // The second destination is decided and permitted, and refused by the kernel: what was decided last is not where the next packet goes.
        int Socket()
        {
            int socket = actor.Socket(AF_INET, SOCK_DGRAM);
            Assert.Equal(0, actor.Connect(socket, $"127.0.0.1:{Port(receiver)}"));
            Assert.Equal(-EACCES, actor.Connect(socket, $"255.255.255.255:{Port(receiver)}"));
            Assert.Equal([EventVerdict.Allow, EventVerdict.Allow], session.Events().Select(e => e.verdict));
            return socket;
        }

        int[] sockets = [Socket(), Socket(), Socket(), Socket()];
        Assert.Equal(1, actor.Send(sockets[0]));

        session.SetPlan("""permit (principal in Exe::"/bin/a", action == Action::"NetworkConnect", resource == Host::"127.0.0.9");""" + Policy);
        Assert.Equal(-EPERM, actor.Send(sockets[1]));
        Assert.Equal(EventReason.NoPrincipal, session.Events()[^1].reason);
        session.Map("leash_exec_classes").Update((session.Generation, Exec), session.Move("/bin/other"));
        Assert.Equal(-EPERM, actor.Send(sockets[2]));
        Assert.Equal(EventReason.NoPermit, session.Events()[^1].reason);
        session.Map("leash_exec_classes").Update((session.Generation, Exec), session.Move("/bin/trusted"));
        Assert.Equal(1, actor.Send(sockets[3]));
    }

    // As a hook tells it.
    private static void Become(NetworkSession session, Actor actor, string executable) => session.Map("leash_callers").Update(actor.Thread, new LeashTask
    {
        cgroup = session.Id, principal = session.Move(executable), generation = session.Generation, exec_id = Exec,
    });
}
