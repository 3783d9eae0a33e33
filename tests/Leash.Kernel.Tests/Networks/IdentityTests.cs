using System.Net;
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
}
