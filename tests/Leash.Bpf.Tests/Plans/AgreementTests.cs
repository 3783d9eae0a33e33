using Leash.Bpf.Plans;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Tests;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Bpf.Tests.Plans;

/// <summary>The law: what the kernel reads decides as the definition of the plan.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerSet = 100;

    private static int Pairs { get; } = RandomRun.Pairs(100_000);

    [Fact]
    public void RandomPolicies_AreReadAsTheyAreMeant()
    {
        var seed = RandomRun.Seed(output);
        var generator = new RandomPolicies(new Random(seed));
        var (pairs, allowed, sets, backward) = (0, 0, 0, 0);
        while (pairs < Pairs)
        {
            var text = generator.Text();
            var compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", text)], Facts);
            if (compiled.HasErrors)
            {
                continue;
            }

            sets++;
            var checks = new PlanChecks(compiled.Plan!);
            backward += checks.ReadsBackwards ? 1 : 0;
            for (var i = 0; i < RequestsPerSet; i++)
            {
                if (generator.Request() is var request and not EndpointFacts)
                {
                    pairs++;
                    allowed += checks.Check(request, $"seed {seed}\n{text}").Allowed ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {sets} policy sets, {backward} of them read backwards");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
        Assert.InRange(backward, sets / 20, sets);
    }

    [Fact]
    public void RandomPlans_AreReadAsTheyAreMeant()
    {
        var seed = RandomRun.Seed(output);
        var generator = new RandomPlans(new Random(seed));
        var (pairs, allowed, refused, plans, backward) = (0, 0, 0, 0, 0);
        while (pairs < Pairs / 2)
        {
            var plan = generator.Plan();
            if (KernelPlanCompiler.Compile(plan, 1, []) is { Plan: null, Diagnostics: var diagnostics })
            {
                Assert.All(diagnostics, d => Assert.Equal(KernelCodes.TooManyArgumentTests, d.Code));
                refused++;
                continue;
            }

            var checks = new PlanChecks(plan);
            plans++;
            backward += checks.ReadsBackwards ? 1 : 0;
            for (var i = 0; i < RequestsPerSet / 2; i++, pairs++)
            {
                allowed += checks.Check(generator.Request(), $"seed {seed}", withDecider: false).Allowed ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {plans} plans, {backward} of them read backwards, {refused} refused");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
        Assert.InRange(refused, 0, pairs / RequestsPerSet);
        Assert.InRange(backward, plans / 20, plans);
    }
}
