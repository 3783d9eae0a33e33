using Leash.Plan;

namespace Leash.Policy.Tests.Http;

/// <summary>The law for requests: Cedar, the reference interpreter and the decider never disagree, about the rule that ties actions together too.</summary>
public sealed class HttpAgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerSet = 25;

    [Fact]
    public void RandomPolicies_AreDecidedAlikeThreeTimes()
    {
        var seed = RandomRun.Seed(output);
        var generator = new RandomHttpPolicies(new Random(seed));
        var wanted = RandomRun.Pairs(5_000);
        var (pairs, allowed, sets, refused) = (0, 0, 0, 0);
        while (pairs < wanted && refused < wanted)
        {
            var text = generator.Text();
            var compiled = HttpPolicies.Compile(text);
            if (compiled.HasErrors)
            {
                refused++;
                continue;
            }

            sets++;
            for (var i = 0; i < RequestsPerSet; i++, pairs++)
            {
                var request = generator.Request();
                var place = $"seed {seed}\n{text}\n{request}\n{request.Message.Method} {request.Message.Path}?{request.Message.Query}\n{compiled.Plan!.Describe()}";
                allowed += HttpPolicies.Decide(compiled, request, place).Verdict.Allowed ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {sets} policy sets, {refused} refused");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
        Assert.True(refused < sets, $"{refused} of {refused + sets} sets were refused");
    }
}
