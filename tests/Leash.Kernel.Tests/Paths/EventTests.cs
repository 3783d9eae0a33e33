using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Interop;
using Leash.Kernel.Tests.Networks;
using Leash.Plan;
using static Leash.Interop.Errno;

namespace Leash.Kernel.Tests.Paths;

/// <summary>Which decisions on files are events: every denied one, and of allowed ones the first of its kind, or all.</summary>
[Collection(NetworkTests.Name)]
public sealed class EventTests(NetworkPrograms programs)
{
    private const int Times = 3;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, Times)]
    public void AllowedOnes_AreCoalesced_UnlessAllAreAskedFor(bool all, int expected)
    {
        List<LeashEvent> events = OpenAgainAndAgain(all ? SessionFlags.AllEvents : default, PlanActionMask.FileOpenReadOnly, 0);
        Assert.Equal(expected, events.Count);
        Assert.All(events, e => Assert.Equal((EventVerdict.Allow, EventReason.Permit), (e.verdict, e.reason)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DeniedOnes_AreAllThere(bool shadow)
    {
        List<LeashEvent> events =
            OpenAgainAndAgain(shadow ? SessionFlags.Shadow : default, PlanActionMask.FileOpenReadWrite, shadow ? 0 : -EACCES);
        Assert.Equal(Times, events.Count);
        EventVerdict verdict = shadow ? EventVerdict.WouldDeny : EventVerdict.Deny;
        Assert.All(events, e => Assert.Equal((verdict, EventReason.NoPermit), (e.verdict, e.reason)));
    }

    // On a thread of its own, which is of the session until it ends.
    private List<LeashEvent> OpenAgainAndAgain(SessionFlags flags, PlanActionMask actions, int expected)
    {
        using NetworkSession session = new(programs, """permit (principal, action == Action::"FileOpenReadOnly", resource);""", SessionFlags.Files | flags);
        using CallerProbe probe = new(programs);
        List<int> results = [];
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(() =>
        {
            probe.Become((uint)Interop.Kernel.Call(SyscallNumber.gettid), new LeashTask
            {
                cgroup = session.Id, slot = session.Slot, principal = session.Move("/bin/any"), generation = session.Generation, exec_id = 1,
            });
            int file = Descriptors.Open("/etc/passwd", OpenFlags.O_RDONLY);
            results.AddRange(Enumerable.Range(0, Times).Select(_ => probe.Check(file, actions)));
            Interop.Kernel.Close(file);
        }));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }

        Assert.Equal(Enumerable.Repeat(expected, Times), results);
        return session.Events();
    }
}
