using System.Net;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using static Leash.Interop.Errno;
using static Leash.Interop.SocketConstants;
using static Leash.Kernel.Tests.Networks.Servers;

namespace Leash.Kernel.Tests.Networks;

/// <summary>What the programs of cgroups are told of threads: who they are now, and nothing of those that ended.</summary>
[Collection(NetworkTests.Name)]
public class CallerTests(NetworkPrograms programs)
{
    private const string Map = "leash_callers";
    private const string Policy = """permit (principal in Exe::"/bin/trusted", action == Action::"NetworkConnect", resource);""";

    [Fact]
    public void Threads_AreWhatTheyExecuteNow()
    {
        using NetworkSession session = new(programs, Policy, SessionFlags.Files | SessionFlags.AllEvents);
        using CallerProbe probe = new(programs);
        using Actor actor = session.StartActor();
        using var listener = Servers.Listen(IPAddress.Any);
        EventReason Connect()
        {
            int socket = actor.Socket(AF_INET, SOCK_STREAM);
            int result = actor.Connect(socket, $"127.0.0.1:{Port(listener)}");
            actor.Close(socket);
            var last = session.Events()[^1];
            Assert.Equal(last.reason == EventReason.Permit ? 0 : -EACCES, result);
            return last.reason;
        }

        Assert.Equal(EventReason.NoPrincipal, Connect());

        // As it entered by its cgroup: the session's image before its first exec.
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.Equal(EventReason.NoPermit, Connect());

        LeashTask trusted = new()
        {
            cgroup = session.Id, slot = session.Slot, principal = session.Move("/bin/trusted"), generation = session.Generation, exec_id = 77,
        };
        probe.Become(actor.Thread, trusted);
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.Equal(EventReason.Permit, Connect());

        // An exec begins, and has made another image of it.
        Assert.Equal(0, actor.Run(probe.Forget));
        Assert.Equal(EventReason.NoPrincipal, Connect());
        probe.Become(actor.Thread, trusted with { principal = session.Move("/bin/other"), exec_id = 78 });
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.Equal(EventReason.NoPermit, Connect());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void ProcessesOfTheSessionsCgroup_AreKnown_HoweverDeepItIs(int levels)
    {
        using NetworkSession session = new(programs, Policy, SessionFlags.Files, levels);
        using CallerProbe probe = new(programs);
        using Actor actor = new();

        // Outside it is of none.
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.False(session.Map(Map).TryLookup(actor.Thread, out LeashTask _));
        actor.Enter(session.Cgroup);
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.True(session.Map(Map).TryLookup(actor.Thread, out LeashTask caller));
        Assert.Equal(session.Id, caller.cgroup);
    }

    [Fact]
    public void EndedThreads_AreForgotten()
    {
        using NetworkSession session = new(programs, Policy, SessionFlags.Files);
        using CallerProbe probe = new(programs);
        using Actor actor = session.StartActor();

        // Otherwise they would stay.
        Assert.All(actor.RunInThreads(3, probe.Tell), thread => Assert.True(IsKnown(thread)));

        using var ends = probe.FollowEnds();
        uint[] ended = actor.RunInThreads(200, probe.Tell);
        Assert.Equal(0, actor.Run(probe.Tell));
        Assert.True(SpinWait.SpinUntil(() => !ended.Any(IsKnown), 5000), "threads ended and are known still");
        Assert.True(IsKnown(actor.Thread));

        uint last = actor.Thread;
        actor.Dispose();
        Assert.True(SpinWait.SpinUntil(() => !IsKnown(last), 5000));

        bool IsKnown(uint thread) => session.Map(Map).TryLookup(thread, out LeashTask _);
    }
}
