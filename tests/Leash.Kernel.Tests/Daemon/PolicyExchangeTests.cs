using Leash.Audit;
using Leash.Cli.Daemon;
using Leash.Sessions;

namespace Leash.Kernel.Tests.Daemon;

public sealed class PolicyExchangeTests : IDisposable
{
    private readonly HeldBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void PlansExchangedUnderLoad_NoDecisionIsMixedOrMissing()
    {
        const uint Operations = 100_000, Each = 500;
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        bool isDone = false;
        ulong generation = 1;
        Thread exchanging = new(() =>
        {
            for (; !Volatile.Read(ref isDone); generation++)
            {
                var documents = HeldBench.Documents(generation % 2 == 0 ? HeldBench.First : HeldBench.Second);
                link.Apply(documents, HeldBench.Pages(generation + 1, documents));
            }
        });
        exchanging.Start();
        (uint first, uint second, uint other) = (0, 0, 0);
        for (uint done = 0; done < Operations || Volatile.Read(ref generation) < 20; done += Each)
        {
            var result = _bench.Decide(Each);
            (first, second, other) = (first + result.OnlyFirst, second + result.OnlySecond, other + result.Other);
        }

        Volatile.Write(ref isDone, true);
        exchanging.Join();
        link.End(exitCode: 0);
        Assert.Equal(0u, other);
        Assert.True(first > 0 && second > 0, $"{first} {second}");
        Assert.True(first + second >= Operations);
    }

    [Fact]
    public void PlanInForce_IsThatOfTheLastExchange_AlsoForTheNextDaemon()
    {
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        var second = HeldBench.Documents(HeldBench.Second);
        link.Apply(second, HeldBench.Pages(2, second));
        Assert.Equal((0u, 100u, 0u), _bench.Decide(100));

        _bench.KillDaemon();
        var first = HeldBench.Documents(HeldBench.First);
        link.Apply(first, HeldBench.Pages(3, first));
        Assert.Equal((100u, 0u, 0u), _bench.Decide(100));
        Assert.Contains("3 is in force", Assert.Throws<SessionException>(() => link.Apply(second, HeldBench.Pages(3, second))).Message, StringComparison.Ordinal);
        Assert.Equal((100u, 0u, 0u), _bench.Decide(100));
        link.End(exitCode: 0);
    }

    [Fact]
    public void PoliciesWithErrors_ChangeNothing()
    {
        using DaemonLink link = new(_bench.Place, Fail);
        link.Begin(_bench.Describe());
        Assert.Throws<SessionException>(() => link.Apply([new("user", "wrong.cedar", "permit (")], HeldBench.Pages(2, HeldBench.Documents(HeldBench.Second))));
        Assert.Throws<SessionException>(() => link.Apply(HeldBench.Documents(HeldBench.Second), new byte[1 << 15]));
        Assert.Equal((100u, 0u, 0u), _bench.Decide(100));
        link.End(exitCode: 0);
        Assert.Equal(AuditIntegrity.Intact, Verify());
    }

    private AuditIntegrity Verify()
    {
        using FileStream log = File.OpenRead(_bench.Log);
        return AuditVerifier.Verify(log).Integrity;
    }

    private static void Fail(string error) => throw new SessionException(error);
}
