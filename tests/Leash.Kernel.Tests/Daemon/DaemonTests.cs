using System.Diagnostics;
using Leash.Audit;
using Leash.Cli.Daemon;
using Leash.Interop;
using Leash.Sessions;

namespace Leash.Kernel.Tests.Daemon;

/// <summary>The daemon as a process, holding sessions of the real kernel; their events are made by a program for tests.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly HeldBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Killed_AndStartedAgain_ItReadsOn_AndNoDenialIsUncounted()
    {
        const uint Rounds = 60, Each = 700;
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        (uint lost, int kills) = (0, 0);
        for (uint round = 0; round < Rounds; round++)
        {
            lost += _bench.Emit(1 + (round * Each), Each);
            if (round % 12 == 5)
            {
                Assert.True(SpinWait.SpinUntil(() => Resumed() == kills, TimeSpan.FromSeconds(90)), _bench.Errors);
                _bench.KillDaemon();
                kills++;
            }

            Thread.Sleep(10);
        }

        link.End(exitCode: 7);

        List<AuditEntry> entries = _bench.Entries;
        long reported = entries.Where(e => e.Detail.StartsWith("denied, and the records were lost", StringComparison.Ordinal)).Sum(e => e.Count);
        Assert.Equal(lost, reported);
        HashSet<long> recorded = [.. entries.Where(e => e.Resource == "/w/abc").Select(e => e.Pid)];
        Assert.Equal((Rounds * Each) - lost, (uint)recorded.Count);
        Assert.Equal((5, 5), (kills, Resumed()));
        Assert.Equal(7, entries[^1].Number("exit"));
        using FileStream log = File.OpenRead(_bench.Log);
        Assert.Equal(AuditIntegrity.Intact, AuditVerifier.Verify(log).Integrity);
        Assert.False(_bench.IsInKernel);
    }

    [Fact]
    public void RecordsOfTheOwner_SurviveTheDaemon()
    {
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        for (int i = 1; i <= 20; i++)
        {
            link.Record(new AuditRecord { Verdict = AuditVerdict.Deny, Reason = AuditReason.NoPermit, Action = "DnsQuery", Resource = "a.test"u8, Port = i });
            if (i % 7 == 0)
            {
                _bench.KillDaemon();
            }
        }

        link.End(exitCode: 0);
        Assert.Equal(Enumerable.Range(1, 20), _bench.Entries.Where(e => e.Action == "DnsQuery").Select(e => (int)e.Port).Distinct());
    }

    [Fact]
    public void OwnerKilled_TheSessionsProcessesAreToo_AndItsLogIsClosed()
    {
        using Process owner = Process.Start("sleep", "1000");
        using Process inside = Process.Start("sleep", "1000");
        File.WriteAllText(Path.Join(_bench.Cgroup.Path, "cgroup.procs"), $"{inside.Id}");
        using (DaemonLink link = new(_bench.Place, Fail))
        {
            link.Begin(_bench.Describe(ProcessStart.Of(owner.Id)));
        }

        owner.Kill();
        owner.WaitForExit();
        Assert.True(inside.WaitForExit(60_000), _bench.Errors);
        Assert.True(SpinWait.SpinUntil(() => _bench.Entries[^1].Kind == "end", TimeSpan.FromSeconds(60)));
        Assert.Equal(137, _bench.Entries[^1].Number("exit"));
        Assert.True(SpinWait.SpinUntil(() => !_bench.IsInKernel && !File.Exists(_bench.Place.StateOf("test")), TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void SecondDaemon_GivesWay()
    {
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        int second = DaemonProgram.Start(_bench.Place);
        Assert.Equal(second, ChildProcess.Wait(second, block: true, out int status));
        Assert.Equal(1, status >> 8);
        link.End(exitCode: 0);
    }

    [Fact]
    public void SessionThatIsNotHeld_IsToldSo()
    {
        string? told = null;
        using DaemonLink link = new(_bench.Place, error => told = error);
        link.Begin(_bench.Describe());
        File.WriteAllText(_bench.Place.StateOf("test"), "{}");
        _bench.KillDaemon();
        Assert.True(SpinWait.SpinUntil(() => told is not null, TimeSpan.FromSeconds(90)));
        Assert.Contains("does not hold", told, StringComparison.Ordinal);
    }

    private int Resumed() => _bench.Entries.Count(e => e.Kind == "resumed");

    private static void Fail(string error) => throw new SessionException(error);
}
