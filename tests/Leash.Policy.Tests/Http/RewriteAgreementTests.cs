using System.Text;
using Leash.Plan;
using Leash.Policy.Http;

namespace Leash.Policy.Tests.Http;

/// <summary>The law for rewrites: what the decider plans is what the interpreter plans, and what Cedar permits of what is proposed.</summary>
public sealed class RewriteAgreementTests(ITestOutputHelper output)
{
    private const int HostsPerSet = 10;

    private static readonly string[] s_hosts = ["a.com", "b.a.com", "b.org"];

    [Fact]
    public void RandomRewrites_AreDecidedAlikeThreeTimes()
    {
        var seed = RandomRun.Seed(output);
        var random = new Random(seed);
        var wanted = RandomRun.Pairs(3_000);
        var (pairs, made, refused) = (0, 0, 0);
        while (pairs < wanted && refused < wanted)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                text.Append(Policy(random)).Append('\n');
            }

            var compiled = HttpPolicies.Compile(text.ToString());
            if (compiled.HasErrors)
            {
                refused++;
                continue;
            }

            for (var i = 0; i < HostsPerSet; i++, pairs++)
            {
                made += Check(compiled, Pick(random, s_hosts), Pick(random, 443, 8443), $"seed {seed}\n{text}");
            }
        }

        output.WriteLine($"{pairs} pairs, {made} changes, {refused} refused");
        Assert.InRange(made, pairs / 20, pairs * 20);
    }

    private static int Check(CompileResult compiled, string host, int port, string place)
    {
        var endpoint = HttpPolicies.Request($"GET https://{host}:{port}/").Endpoint;
        var decider = new PlanDecider(compiled.Plan!);
        var planned = decider.EditsFor(decider.InitialPrincipal, TestPolicies.EndpointOf(endpoint)).Select(edit => (edit.Edit, edit.PolicyId)).ToList();
        var expected = new PlanInterpreter(compiled.Plan!).Rewrites(endpoint);
        Assert.True(expected.ToHashSet().SetEquals(planned), place);
        var cedar = new HttpAuthorizer(compiled.PolicySet!, TestPolicies.Facts);
        foreach (var edit in compiled.Plan!.Statements.SelectMany(statement => RewriteProposals.Of(statement)).Distinct())
        {
            // A permit may propose what only another one permits; then nothing comes of it.
            Assert.True(!planned.Exists(made => made.Edit.Equals(edit)) || cedar.Permits(new HttpRewriteFacts(endpoint, edit)), $"{edit}: {place}");
        }

        return planned.Count;
    }

    private static string Policy(Random random)
    {
        var effect = random.Next(4) == 0 ? "forbid" : "permit";
        var resource = random.Next(3) switch { 0 => "resource", 1 => $"resource == Host::\"{Pick(random, s_hosts)}\"", _ => $"resource in Host::\"{Pick(random, "*.a.com", "a.com:443", "b.org:443")}\"" };
        var test = random.Next(4) switch
        {
            0 => $"{Header(random)} && context.operation == \"remove\"",
            1 => $"{Header(random)} && {Value(random)} && context.operation == \"{Pick(random, "add", "set")}\"",
            2 => $"({Header(random)} && {Value(random)}) || ({Header(random)} && {Value(random)} && context.port == 443)",
            _ => $"{Header(random)} && {Value(random)}",
        };
        return $"{effect} (principal, action == Action::\"HttpRewrite\", {resource}) when {{ {test} }};";
    }

    private static string Header(Random random) => random.Next(3) == 0 ? "[\"a\", \"B\"].contains(context.header)" : $"context.header == \"{Pick(random, "A", "b", "c")}\"";

    private static string Value(Random random) => random.Next(4) == 0 ? "context.value != \"3\"" : $"context.value == \"{Pick(random, "1", "2", "${secret:S}")}\"";

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
