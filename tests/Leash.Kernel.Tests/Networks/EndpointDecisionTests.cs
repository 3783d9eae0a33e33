using Leash.Bpf.Events;
using Leash.Bpf.Tests.Endpoints;
using Leash.Plan;
using Leash.Policy.Tests;

namespace Leash.Kernel.Tests.Networks;

/// <summary>The law for endpoints, in the kernel: it decides as the definition of the plan.</summary>
public class EndpointDecisionTests(ITestOutputHelper output)
{
    private const int Pairs = 20_000;

    [Fact]
    public void RandomPlans_AreDecidedAsTheyAreMeant()
    {
        var seed = RandomRun.Seed(output);
        RandomEndpoints generator = new(new Random(seed));
        using EndpointProbe probe = new();
        var (pairs, allowed) = (0, 0);
        while (pairs < Pairs)
        {
            var checks = EndpointChecks.Of(generator.Plan());
            Assert.NotNull(checks);
            probe.SetPlan(checks.Kernel);
            for (var i = 0; i < 100; i++, pairs++)
            {
                var (facts, names) = generator.Request();
                var expected = checks.Check(facts, names, $"seed {seed}");
                var run = probe.Ask(checks.PrincipalOf(facts), EndpointChecks.EndpointOf(facts, names), facts.Action, [.. names.Select(checks.Names.Of)]);
                Assert.True(ReasonOf(expected) == run.Reason, $"seed {seed}: {expected} in the plan, {run.Reason} in the kernel: {facts} [{string.Join(' ', names)}]");
                allowed += expected.Allowed ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
    }

    private static EventReason ReasonOf(Verdict verdict) => verdict.Reason switch
    {
        VerdictReason.Permitted => EventReason.Permit,
        VerdictReason.Forbidden => EventReason.Forbid,
        _ => EventReason.NoPermit,
    };
}
