using System.Net;
using Leash.Plan;
using Leash.Policy.Http;
using static Leash.Policy.Tests.Http.HttpPolicies;

namespace Leash.Policy.Tests.Http;

/// <summary>Which headers are changed: three ways to decide agree on it, too.</summary>
public sealed class HttpRewriteTests
{
    private const string Open = """permit (principal, action == Action::"NetworkConnect", resource in Host::"*");""";

    private const string Seed = """
        permit (principal, action == Action::"HttpRewrite", resource == Host::"api.example.com")
        when { context.header == "Authorization" && context.value == "Bearer prod secret with spaces" };
        """;

    [Theory]
    [InlineData("api.example.com", new[] { "set authorization: Bearer prod secret with spaces" })]
    [InlineData("www.example.com", new string[0])]
    public void Seed_SetsTheHeaderForThatHost(string host, string[] edits) => Assert.Equal(edits, Edits(Seed, host));

    [Theory]
    [InlineData("""context.header == "a" && context.value == "1" """, "set a: 1")]
    [InlineData("""context.header == "a" && context.value == "1" && context.operation == "set" """, "set a: 1")]
    [InlineData("""context.header == "a" && context.value == "1" && context.operation == "add" """, "add a: 1")]
    [InlineData("""context.header == "A" && context.operation == "remove" """, "remove a: ")]
    [InlineData("""["A", "b"].contains(context.header) && context.value == "1" """, "set a: 1", "set b: 1")]
    [InlineData("""(context.header == "a" && context.value == "1") || (context.header == "b" && context.value == "2")""", "set a: 1", "set b: 2")]
    [InlineData("""context.header == "a" && context.value == "with \"quotes\" and \u{e9}" """, "set a: with \"quotes\" and é")]
    [InlineData("""context.header == "a" && context.value == "Bearer ${secret:PROD/key}" """, "set a: Bearer ${secret:PROD/key}")]
    [InlineData("""context.header == "a" && context.value == "${home}" """, "set a: /home/alice")]
    public void Proposals_AreWhatTheStatementNames(string condition, params string[] edits) =>
        Assert.Equal(edits, Edits($$"""permit (principal, action == Action::"HttpRewrite", resource in Host::"x.com") when { {{condition}} };""", "x.com"));

    [Fact]
    public void Forbid_Wins()
    {
        const string Forbid = """forbid (principal, action == Action::"HttpRewrite", resource) when { context.header == "Authorization" };""";
        Assert.Empty(Edits(Seed + Forbid, "api.example.com"));
        Assert.Single(Edits(Seed + Forbid.Replace("Authorization", "Other", StringComparison.Ordinal), "api.example.com"));
    }

    [Fact]
    public void BroadPermit_ProposesNothing()
    {
        Assert.Empty(Edits("permit (principal, action, resource);", "api.example.com"));
        Assert.Single(Edits("permit (principal, action, resource);" + Seed, "api.example.com"));
    }

    [Fact]
    public void Process_IsTested()
    {
        var compiled = CompileOk(Seed.Replace("(principal,", """(principal in Exe::"/usr/bin/git",""", StringComparison.Ordinal));
        var decider = new PlanDecider(compiled.Plan!);
        var endpoint = new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Tcp, new[] { "api.example.com" });
        Assert.Empty(decider.EditsFor(decider.InitialPrincipal, endpoint));
        Assert.Single(decider.EditsFor(decider.MovePrincipal(decider.InitialPrincipal, "/usr/bin/git"u8, default), endpoint));
    }

    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(false, 0, 1)]
    public void Edits_AreForVerifiedTlsOnly(bool isVerifiedTls, int edits, int withheld)
    {
        var decision = new HttpPolicy(new PlanDecider(CompileOk(Open + Seed).Plan!), true)
            .Decide(0, Canonical("GET https://api.example.com/"), IPAddress.Parse("192.0.2.1"), isVerifiedTls);
        Assert.True(decision.IsSent);
        Assert.Equal((edits, withheld), (decision.Edits.Length, decision.Withheld.Length));
    }

    [Fact]
    public void DeniedRequest_HasNoEdits()
    {
        var decision = new HttpPolicy(new PlanDecider(CompileOk(Seed).Plan!), true)
            .Decide(0, Canonical("GET https://api.example.com/"), IPAddress.Parse("192.0.2.1"), true);
        Assert.False(decision.IsSent);
        Assert.Empty(decision.Edits);
    }

    [Fact]
    public void ContradictionAtRunTime_IsDenied()
    {
        const string Other = """
            permit (principal, action == Action::"HttpRewrite", resource in Host::"*.example.com")
            when { context.header == "Authorization" && context.value == "other" };
            """;
        var policy = new HttpPolicy(new PlanDecider(CompileOk(Open + Seed + Other).Plan!), true);
        var denied = policy.Decide(0, Canonical("GET https://api.example.com/"), IPAddress.Parse("192.0.2.1"), true);
        Assert.Equal((HttpOutcome.Denied, HttpReason.ContradictingRewrites), (denied.Outcome, denied.Reason));
        Assert.Equal(["test#2", "test#3"], denied.PolicyIds);
        Assert.True(policy.Decide(0, Canonical("GET https://www.example.com/"), IPAddress.Parse("192.0.2.1"), true).IsSent);
    }

    /// <summary>What the decider plans, after making sure that the interpreter and Cedar agree.</summary>
    private static string[] Edits(string text, string host)
    {
        var compiled = CompileOk(text);
        var facts = Request($"GET https://{host}/").Endpoint;
        var decider = new PlanDecider(compiled.Plan!);
        var planned = decider.EditsFor(decider.InitialPrincipal, TestPolicies.EndpointOf(facts));
        Assert.Equal(new PlanInterpreter(compiled.Plan!).Rewrites(facts).Select(edit => (edit.Edit, edit.PolicyId)), planned.Select(edit => (edit.Edit, edit.PolicyId)));
        var cedar = new HttpAuthorizer(compiled.PolicySet!, TestPolicies.Facts);
        Assert.All(planned, edit => Assert.True(cedar.Permits(new HttpRewriteFacts(facts, edit.Edit))));
        foreach (var proposal in compiled.Plan!.Statements.SelectMany(statement => RewriteProposals.Of(statement)))
        {
            Assert.Equal(cedar.Permits(new HttpRewriteFacts(facts, proposal)), planned.Any(edit => edit.Edit.Equals(proposal)));
        }

        return [.. planned.Select(edit => $"{HeaderEdit.NameOf(edit.Edit.Operation)} {edit.Edit.Header}: {edit.Edit.Value}")];
    }
}
