using Cedar.Authorization;
using Leash.Plan;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

/// <summary>The law: evaluator, reference interpreter and decider never disagree.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerSet = 100;

    private static int Pairs { get; } = RandomRun.Pairs(200_000);

    [Fact]
    public void RandomPolicies_AreDecidedAlikeThreeTimes()
    {
        var seed = RandomRun.Seed(output);
        var random = new Random(seed);
        var generator = new RandomPolicies(random);
        var (pairs, allowed, sets, refused) = (0, 0, 0, 0);
        while (pairs < Pairs && refused < Pairs)
        {
            var text = generator.Text();
            // As a layer that is not validated: what the schema refuses, because it can never apply, must be decided alike, too.
            var compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", text)], Facts);
            if (compiled.HasErrors)
            {
                // Conditions that need what a request does not have, or equalities that never hold: refused, so nothing to agree on.
                Assert.DoesNotContain(compiled.Diagnostics, d => d.Code.StartsWith("CEDAR", StringComparison.Ordinal));
                refused++;
                continue;
            }

            sets++;
            var interpreter = new PlanInterpreter(compiled.Plan!);
            var decider = new PlanDecider(compiled.Plan!);
            for (var i = 0; i < RequestsPerSet; i++, pairs++)
            {
                allowed += Check(seed, text, compiled, interpreter, decider, generator.Request()) ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {sets} policy sets, {refused} refused");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
        Assert.True(refused < sets * 3, $"{refused} of {refused + sets} sets were refused");
    }

    private static bool Check(
        int seed, string text, CompileResult compiled, PlanInterpreter interpreter, PlanDecider decider, RequestFacts request)
    {
        var (cedarRequest, entities) = new RequestBuilder(Facts).Build(request);
        var response = Authorizer.Authorize(compiled.PolicySet!, cedarRequest, entities);
        var interpreted = interpreter.Decide(request);
        var principal = decider.InitialPrincipal;
        foreach (var exe in request.Principal.Lineage)
        {
            principal = decider.MovePrincipal(principal, exe, default);
        }

        var (verdict, explanation) = Decide(decider, principal, request);
        var place = $"seed {seed}\n{text}\n{cedarRequest}\n{compiled.Plan!.Describe()}";
        Assert.True(response.Errors.IsEmpty, place);
        Assert.True((response.Decision == Decision.Allow) == interpreted.Verdict.Allowed, "interpreter: " + place);
        Assert.True(interpreted.Verdict == verdict, "decider: " + place);
        Assert.True(explanation.Verdict == verdict, "explanation: " + place);
        Assert.True(response.Determining.Order(StringComparer.Ordinal).SequenceEqual(explanation.PolicyIds.Order(StringComparer.Ordinal)), "reasons: " + place);
        return verdict.Allowed;
    }

    private static (Verdict Verdict, Explanation Explanation) Decide(PlanDecider decider, int principal, RequestFacts request)
    {
        switch (request)
        {
            case FileFacts file:
                var verdict = decider.DecidePath(principal, file.Path, file.Action);
                Assert.Equal(verdict.Allowed, decider.AllowedPathActions(principal, file.Path).Has(file.Action));
                return (verdict, decider.Explain(principal, file.Path, file.Action));
            case ExecFacts exec:
                return (decider.DecideExec(principal, exec.Path, ArgumentsOf(exec)), decider.ExplainExec(principal, exec.Path, ArgumentsOf(exec)));
            case EndpointFacts endpoint:
                return (decider.DecideEndpoint(principal, EndpointOf(endpoint), endpoint.Action),
                    decider.ExplainEndpoint(principal, EndpointOf(endpoint), endpoint.Action));
            default:
                return (decider.DecideProcess(principal, request.Action), decider.ExplainProcess(principal, request.Action));
        }
    }
}
