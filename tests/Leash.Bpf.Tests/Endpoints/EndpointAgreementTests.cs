using Leash.Bpf.Endpoints;
using Leash.Bpf.Plans;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Tests;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Bpf.Tests.Endpoints;

/// <summary>The law for endpoints: what the kernel reads decides as the definition of the plan.</summary>
public sealed class EndpointAgreementTests(ITestOutputHelper output)
{
    private static int Pairs { get; } = RandomRun.Pairs(100_000);

    [Fact]
    public void RandomPlans_AreReadAsTheyAreMeant()
    {
        var seed = RandomRun.Seed(output);
        RandomEndpoints generator = new(new Random(seed));
        var (pairs, allowed, refused) = (0, 0, 0);
        while (pairs < Pairs)
        {
            if (EndpointChecks.Of(generator.Plan()) is not { } checks)
            {
                refused++;
                continue;
            }

            for (var i = 0; i < 50; i++, pairs++)
            {
                var (facts, names) = generator.Request();
                allowed += checks.Check(facts, names, $"seed {seed}").Allowed ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {refused} plans refused");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
        Assert.Equal(0, refused);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RandomPolicies_AreReadAsTheyAreMeant(bool withFiles)
    {
        var seed = RandomRun.Seed(output);
        RandomPolicies generator = new(new Random(seed));
        var (pairs, allowed, refused, sets) = (0, 0, 0, 0);
        while (pairs < Pairs / 4)
        {
            var text = generator.Text();
            var compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", text)], Facts);
            if (compiled.HasErrors)
            {
                continue;
            }

            sets++;
            if (EndpointChecks.Of(compiled.Plan!, withFiles) is not { } checks)
            {
                refused++;
                continue;
            }

            for (var i = 0; i < 200; i++)
            {
                if (generator.Request() is EndpointFacts facts)
                {
                    pairs++;
                    allowed += checks.Check(facts, facts.Name is null ? [] : [facts.Name], $"seed {seed}\n{text}").Allowed ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {sets} policy sets, {refused} refused");
        Assert.InRange(refused, 0, sets / 2);
    }

    [Fact]
    public void PlanWhosePathsDoNotFit_StillDecidesEndpoints()
    {
        EnforcementPlan plan = new([
            .. Enumerable.Range(0, 200).Select(i => PlanStatement.Permit(
                $"p{i}", PlanActionMask.File, new PlanTest.PathLike(new PlanPattern([null, $"/{i}/", null, $"/{i}.x"])))),
            PlanStatement.Permit("web", PlanActionMask.NetworkConnect, new PlanTest.AddressIn(Cidr.Create(true, 0xc0000200, 24)))]);
        Assert.Null(KernelPlanCompiler.Compile(plan, 1, [], new EndpointCompiler()).Plan);

        var checks = EndpointChecks.Of(plan, withFiles: false);
        Assert.NotNull(checks);
        Assert.True(checks.Check(To(0xc0000207), [], "inside").Allowed);
        Assert.False(checks.Check(To(0xc0000307), [], "outside").Allowed);

        static EndpointFacts To(uint address) =>
            new(PrincipalFacts.Initial, PlanAction.NetworkConnect, null, true, address, 443, TransportProtocol.Tcp);
    }

    [Fact]
    public void ManyRanges_AreFlatAndExact()
    {
        Random random = new(RandomRun.Seed(output));
        PlanStatement[] statements =
        [
            .. Enumerable.Range(0, 100_000).Select(i => PlanStatement.Permit($"p{i}", PlanActionMask.NetworkConnect, new PlanTest.AddressIn(Range(random, i)))),
        ];
        EnforcementPlan plan = new([.. statements]);
        var started = TimeProvider.System.GetTimestamp();
        var checks = EndpointChecks.Of(plan);
        Assert.NotNull(checks);
        output.WriteLine($"{TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:F0} ms, {checks.Kernel.Bytes.Length / 1024} KiB");
        Assert.InRange(checks.Kernel.Bytes.Length, 1, 8 << 20);

        for (var i = 0; i < 300; i++)
        {
            var range = ((PlanTest.AddressIn)statements[random.Next(statements.Length)].Atoms[0].Tests[0]).Range;
            var last = range.Address | ((UInt128.One << (range.Bits - range.PrefixLength)) - 1);
            foreach (var address in (UInt128[])[range.Address, last, last + 1, range.Address - 1])
            {
                checks.Check(
                    new EndpointFacts(PrincipalFacts.Initial, PlanAction.NetworkConnect, null, range.IsV4,
                        address & (range.IsV4 ? uint.MaxValue : UInt128.MaxValue), 443, TransportProtocol.Tcp),
                    [], "");
            }
        }
    }

    private static Cidr Range(Random random, int number) => (number & 1) == 0
        ? Cidr.Create(true, (UInt128)(uint)random.NextInt64(1L << 32), random.Next(16, 33))
        : Cidr.Create(false, (UInt128)0x2001 << 112 | (UInt128)(ulong)random.NextInt64() << 40, random.Next(32, 97));
}
