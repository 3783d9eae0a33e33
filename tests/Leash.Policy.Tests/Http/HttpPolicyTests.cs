using System.Net;
using Leash.Http.Canonical;
using Leash.Plan;
using Leash.Policy.Http;
using static Leash.Policy.Tests.Http.HttpPolicies;

namespace Leash.Policy.Tests.Http;

/// <summary>What a gateway is told about canonical requests.</summary>
public sealed class HttpPolicyTests
{
    private static readonly IPAddress s_address = IPAddress.Parse("192.0.2.1");

    private const string Open = """permit (principal, action == Action::"NetworkConnect", resource in Host::"*");""";

    [Fact]
    public void Allowed_NamesThePolicies()
    {
        var decision = Decide(Open + """@id("get") permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""", "GET https://x.com/");
        Assert.Equal((HttpOutcome.Allowed, HttpReason.Permitted), (decision.Outcome, decision.Reason));
        Assert.Equal(["test#1", "get"], decision.PolicyIds);
        Assert.True(decision.IsSent);
    }

    [Fact]
    public void Forbidden_NamesPolicyAndReason()
    {
        var decision = Decide(
            Open + """@id("no-delete") @reason("nothing is deleted here") forbid (principal, action == Action::"HttpRequest", resource) when { context.method == "DELETE" };""",
            "DELETE https://x.com/");
        Assert.Equal((HttpOutcome.Denied, HttpReason.Forbidden), (decision.Outcome, decision.Reason));
        Assert.Equal(["no-delete"], decision.PolicyIds);
        Assert.Equal("nothing is deleted here", decision.PolicyReason);
        Assert.Null(decision.Help);
        Assert.False(decision.IsSent);
    }

    [Theory]
    [InlineData(
        """permit (principal, action == Action::"NetworkConnect", resource in Host::"x.com"); permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""",
        """permit (principal, action == Action::"HttpRequest", resource in Host::"x.com:443") when { context.method == "POST" && context.path == "/a%20b" };""")]
    [InlineData(
        """permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""",
        """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"x.com:443");
        permit (principal, action == Action::"HttpRequest", resource in Host::"x.com:443") when { context.method == "POST" && context.path == "/a%20b" };
        """)]
    public void NotPermitted_HelpPermitsIt(string policy, string suggestion)
    {
        const string Request = "POST https://x.com/a%20b";
        var decision = Decide(policy, Request);
        Assert.Equal((HttpOutcome.Denied, HttpReason.NoPermit), (decision.Outcome, decision.Reason));
        Assert.Empty(decision.PolicyIds);
        Assert.Equal("this would permit it:\n" + suggestion.ReplaceLineEndings("\n"), decision.Help);
        Assert.True(Decide(policy + suggestion, Request).IsSent);
        Assert.False(Decide(policy + suggestion, "POST https://x.com/other").IsSent);
    }

    [Fact]
    public void NotEnforced_IsSentAndSaysWhatWouldBe()
    {
        var decision = new HttpPolicy(new PlanDecider(EnforcementPlan.DenyAll), isEnforced: false).Decide(0, Canonical("GET https://x.com/"), s_address, true);
        Assert.Equal((HttpOutcome.WouldDeny, HttpReason.NoPermit), (decision.Outcome, decision.Reason));
        Assert.True(decision.IsSent);
    }

    [Fact]
    public void UnknownProcess_IsDenied()
    {
        var policy = new HttpPolicy(new PlanDecider(CompileOk("permit (principal, action, resource);").Plan!), true);
        Assert.Equal(HttpReason.Undecidable, policy.Decide(PlanDecider.DeniedPrincipal, Canonical("GET https://x.com/"), s_address, true).Reason);
        Assert.True(policy.Decide(0, Canonical("GET https://x.com/"), s_address, true).IsSent);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    public void AddressInRequest_MustBeThatOfTheConnection(string address, bool sent) =>
        Assert.Equal(sent, new HttpPolicy(new PlanDecider(CompileOk(Open).Plan!), true)
            .Decide(0, Canonical("GET http://192.0.2.1/"), IPAddress.Parse(address), false).IsSent);

    [Theory]
    [InlineData("GET https://x.com/@types%2fnode", true)]
    [InlineData("GET https://x.com/a//b;v=1", true)]
    public void OtherReadings_DoNotMatterWithoutConditionsOnPaths(string request, bool sent) => Assert.Equal(sent, Decide(Open, request).IsSent);

    [Theory]
    [InlineData("/public/admin", true)]
    [InlineData("/admin", false)]
    [InlineData("/%61dmin", false)]
    [InlineData("/admin;x=1", false)]
    [InlineData("//admin", false)]
    [InlineData("/x%2f..%2fadmin", null)]
    [InlineData("/%2Fadmin", false)]
    [InlineData("/admin%3Bx", false)]
    [InlineData("/public%2Fadmin", true)]
    [InlineData("/a@b", false)]
    [InlineData("/a%40b", false)]
    [InlineData("/a%40b;x", false)]
    [InlineData("/a%40c;x", true)]
    public void ForbiddenPath_IsForbiddenInEverySpelling(string path, bool? sent)
    {
        var policy = Open + """forbid (principal, action == Action::"HttpRequest", resource) when { ["/admin", "/a@b"].contains(context.path) };""";
        if (sent is { } expected)
        {
            Assert.Equal(expected, Decide(policy, "GET https://x.com" + path).IsSent);
        }
        else
        {
            // Not canonical at all.
            Assert.Null(UrlPath.Normalize(path, out _));
        }
    }

    [Theory]
    [InlineData("/v1/a", true)]
    [InlineData("/v1/a%2Fb", true)]
    [InlineData("/v1%2Fa", false)]
    [InlineData("/v1//a", true)]
    [InlineData("/v1;/a", false)]
    public void PermittedPath_MustBePermittedInEveryReading(string path, bool sent)
    {
        var decision = Decide(
            Open + """permit (principal, action == Action::"HttpRequest", resource) when { context.path like "/v1/*" };""", "GET https://x.com" + path);
        Assert.Equal(sent, decision.IsSent);
    }

    [Fact]
    public void AmbiguousReading_SaysWhich()
    {
        var decision = Decide(
            Open + """@id("no-admin") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/admin/*" };""",
            "GET https://x.com/admin%2Fx");
        Assert.Equal(HttpReason.AmbiguousReading, decision.Reason);
        Assert.Equal(["no-admin"], decision.PolicyIds);
        Assert.Equal("a server may read its path as /admin/x, which is not permitted", decision.Help);
    }

    [Theory]
    [InlineData("?a=%66orce", false)]
    [InlineData("?a%3Dforce", false)]
    [InlineData("?a=ok", true)]
    public void ForbiddenQuery_IsForbiddenInItsSpellings(string query, bool sent) => Assert.Equal(
        sent, Decide(Open + """forbid (principal, action == Action::"HttpRequest", resource) when { context.query like "*a=force*" };""", "GET https://x.com/" + query).IsSent);

    [Fact]
    public void AmbiguousQuery_IsNotRepeated() => Assert.Equal(
        "a server may read its query with delimiters decoded, which is not permitted",
        Decide(Open + """forbid (principal, action == Action::"HttpRequest", resource) when { context.query like "*a=*" };""", "GET https://x.com/?a%3Dsecret").Help);

    [Fact]
    public void Tunnel_IsDecidedAsItsConnection()
    {
        const string Policy = """
            permit (principal, action == Action::"NetworkConnect", resource in Host::"x.com:443");
            permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };
            """;
        Assert.True(Tunnel(Policy, "x.com:443").IsSent);
        Assert.False(Tunnel(Policy, "y.com:443").IsSent);
        Assert.False(Tunnel(Policy, "x.com:22").IsSent);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("""permit (principal, action == Action::"HttpRequest", resource);""", true)]
    [InlineData("""permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""", false)]
    [InlineData("""permit (principal, action == Action::"HttpRequest", resource in Host::"x.com:443");""", false)]
    [InlineData("""permit (principal, action == Action::"HttpRequest", resource in Host::"y.com") when { context.method == "GET" };""", true)]
    [InlineData("""forbid (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""", false)]
    [InlineData("""forbid (principal, action == Action::"HttpRequest", resource) when { context.port == 80 };""", true)]
    [InlineData("""forbid (principal, action == Action::"HttpRequest", resource in Host::"y.com");""", true)]
    public void UnreadableConnection_IsDeniedWhereRequestsAreRestricted(string policy, bool sent)
    {
        var decision = new HttpPolicy(new PlanDecider(CompileOk(Open + policy).Plan!), true).DecideConnection(0, ["x.com"], s_address, 5432);
        Assert.Equal((sent, sent ? HttpReason.Permitted : HttpReason.NotReadable), (decision.IsSent, decision.Reason));
    }

    [Theory]
    [InlineData("y.com", true)]
    [InlineData("x.com", false)]
    [InlineData("y.com x.com", false)]
    [InlineData("", true)]
    public void UnreadableConnection_IsToAllItsNames(string names, bool sent)
    {
        var policy = new HttpPolicy(
            new PlanDecider(CompileOk(Open + """forbid (principal, action == Action::"HttpRequest", resource in Host::"x.com");""").Plan!), true);
        Assert.Equal(sent, policy.DecideConnection(0, names.Split(' ', StringSplitOptions.RemoveEmptyEntries), s_address, 443).IsSent);
    }

    [Theory]
    [InlineData(new[] { "x.com" }, """permit (principal, action == Action::"NetworkConnect", resource in Host::"x.com:22");""")]
    [InlineData(new string[0], """permit (principal, action == Action::"NetworkConnect", resource in Host::"192.0.2.1:22");""")]
    public void ConnectionNotPermitted_HelpPermitsIt(string[] names, string suggestion)
    {
        var decision = new HttpPolicy(new PlanDecider(EnforcementPlan.DenyAll), true).DecideConnection(0, names, s_address, 22);
        Assert.Equal((HttpReason.NoPermit, "this would permit it:\n" + suggestion), (decision.Reason, decision.Help));
        Assert.True(new HttpPolicy(new PlanDecider(CompileOk(suggestion).Plan!), true).DecideConnection(0, names, s_address, 22).IsSent);
    }

    [Fact]
    public void NothingRestricted_MeansThatEveryRequestIsPermitted()
    {
        // What connections are decided by, and what requests are decided by, say the same.
        var random = new Random(5);
        var generator = new RandomHttpPolicies(random);
        for (var i = 0; i < 200; i++)
        {
            var compiled = Compile(generator.Text());
            if (compiled.HasErrors)
            {
                continue;
            }

            var decider = new PlanDecider(compiled.Plan!);
            for (var j = 0; j < 20; j++)
            {
                var request = generator.Request();
                var endpoint = TestPolicies.EndpointOf(request.Endpoint);
                var principal = PrincipalOf(decider, request.Principal);
                if (decider.DecideEndpoint(principal, endpoint, PlanAction.NetworkConnect).Allowed && !decider.RestrictsRequests(principal, endpoint))
                {
                    Assert.True(decider.DecideHttp(principal, endpoint, request.Message).Allowed);
                }
            }
        }
    }

    private static HttpDecision Tunnel(string policy, string authority)
    {
        var request = RequestCanonicalizer.Canonicalize(
            new RawRequest { Version = RequestVersion.Http11, Method = "CONNECT", Scheme = "http", Target = authority }).Request!;
        return new HttpPolicy(new PlanDecider(CompileOk(policy).Plan!), true).Decide(0, request, s_address, false);
    }

    private static HttpDecision Decide(string policy, string request) =>
        new HttpPolicy(new PlanDecider(CompileOk(policy).Plan!), true).Decide(0, Canonical(request), s_address, true);
}
