using System.Collections.Immutable;
using System.Net;

namespace Leash.Plan.Tests;

/// <summary>Requests and rewrites, by plans that are written by hand: the decider and the interpreter are asked both.</summary>
public sealed class HttpDecisionTests
{
    private const PlanActionMask Connect = PlanActionMask.NetworkConnect;
    private const PlanActionMask Request = PlanActionMask.HttpRequest;

    private static readonly PlanTest s_get = new PlanTest.HttpTextIs(HttpText.Method, "GET");
    private static readonly PlanTest s_post = new PlanTest.HttpTextIs(HttpText.Method, "POST");
    private static readonly PlanTest s_host = new PlanTest.HostIs("x.com");

    [Theory]
    [InlineData("GET", 443, VerdictReason.Permitted)]
    [InlineData("PUT", 443, VerdictReason.NoPermit)]
    [InlineData("GET", 80, VerdictReason.NoPermit)]
    public void PermitAtAPort_ListsTheHostAtAllPorts(string method, int port, VerdictReason reason) => Assert.Equal(
        reason,
        Decide(Plan(PlanStatement.Permit("c", Connect), PlanStatement.Permit("r", Request, new PlanTest.HostPortIs("x.com", 443), s_get)), method, port: port).Reason);

    [Fact]
    public void PermitForAnAddressAndPort_ListsItAtAllPorts()
    {
        var address = Cidr.Single(true, 0x0a000001);
        var plan = Plan(PlanStatement.Permit("c", Connect), PlanStatement.Permit("r", Request, new PlanTest.AddressPortIs(address, 443)));
        Assert.True(Decide(plan, "GET", "10.0.0.1").Allowed);
        Assert.False(Decide(plan, "GET", "10.0.0.1", 80).Allowed);
        Assert.True(Decide(plan, "GET", "10.0.0.2", 80).Allowed);
    }

    [Fact]
    public void TestsThatShareAnAnswer_AreNotPossibleTogether()
    {
        // Satisfied by GET or POST, but neither: never. So there is no list.
        var never = new PlanStatement(
            "r", "user", PlanEffect.Permit, Request, [new PlanAtom([s_get, s_post]), new PlanAtom([s_get]), new PlanAtom([s_post])],
            TruthTable.Create(3, row => row == 0b001));
        Assert.True(Decide(Plan(PlanStatement.Permit("c", Connect), never), "GET").Allowed);

        // Satisfied by POST only, which is possible. So there is.
        var sometimes = never with { Table = TruthTable.Create(3, row => row == 0b101) };
        Assert.False(Decide(Plan(PlanStatement.Permit("c", Connect), sometimes), "GET").Allowed);
        Assert.True(Decide(Plan(PlanStatement.Permit("c", Connect), sometimes), "POST").Allowed);
    }

    [Fact]
    public void Negation_IsDecidedWithoutAHost()
    {
        var others = new PlanStatement("r", "user", PlanEffect.Forbid, Request, [new PlanAtom([s_host])], TruthTable.Create(1, row => row == 0));
        var plan = Plan(PlanStatement.Permit("c", Connect), others);
        Assert.True(Decide(plan, "GET").Allowed);
        Assert.Equal(VerdictReason.Forbidden, Decide(plan, "GET", name: "y.com").Reason);
    }

    [Theory]
    [InlineData("*.com", true)]
    [InlineData("y*", false)]
    public void Pattern_OnTheHost(string pattern, bool allowed)
    {
        var parts = pattern.Split('*');
        PlanTest like = new PlanTest.HostLike(new PlanPattern(parts[0].Length == 0 ? [null, parts[1]] : [parts[0], null]));
        Assert.Equal(!allowed, Decide(Plan(PlanStatement.Permit("c", Connect), PlanStatement.Forbid("f", Request, like)), "GET").Allowed);
    }

    [Fact]
    public void EachTest_OnTheRequest()
    {
        var pattern = new PlanPattern(["/a", null]);
        (PlanTest Test, HttpMessage Yes, HttpMessage No)[] cases =
        [
            (new PlanTest.HttpTextIs(HttpText.Path, "/a"), Message(path: "/a"), Message(path: "/b")),
            (new PlanTest.HttpTextLike(HttpText.Path, pattern), Message(path: "/ab"), Message(path: "/b")),
            (new PlanTest.HttpTextIs(HttpText.Query, "q"), Message(query: "q"), Message()),
            (new PlanTest.HttpTextIs(HttpText.Scheme, "http"), Message(scheme: "http"), Message()),
            (new PlanTest.HeaderExists("a"), Message(fields: new HttpField("a", "")), Message(fields: new HttpField("b", ""))),
            (new PlanTest.HeaderIs("cookie", "1; 2"), Message(fields: [new("cookie", "1"), new("cookie", "2")]), Message(fields: new HttpField("cookie", "1"))),
            (new PlanTest.HeaderLike("a", pattern), Message(fields: new HttpField("a", "/a" + new string('b', 2000))), Message(fields: new HttpField("b", "/a"))),
            (new PlanTest.PortIn(443, 443), Message(), Message()),
            (new PlanTest.HostUnder("com"), Message(), Message()),
        ];
        foreach (var (test, yes, no) in cases)
        {
            var plan = Plan(PlanStatement.Permit("c", Connect), PlanStatement.Permit("r", Request, test));
            Assert.True(Decide(plan, yes).Allowed, test.ToString());
            Assert.Equal(test.Domain != TestDomain.Http, Decide(plan, no).Allowed);
        }
    }

    [Fact]
    public void ManyNames_AreUndecidable()
    {
        var decider = new PlanDecider(Plan(PlanStatement.Permit("all", PlanActionMask.All)));
        var endpoint = new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Tcp, new[] { "a.com", "b.com" });
        Assert.Equal(VerdictReason.Undecidable, decider.DecideHttp(0, endpoint, Message()).Reason);
        Assert.Empty(decider.EditsFor(0, endpoint));
        Assert.Equal(VerdictReason.Undecidable, decider.DecideHttp(0, new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Udp, []), Message()).Reason);
        Assert.True(decider.DecideHttp(0, new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Tcp, []), Message()).Allowed);
    }

    [Fact]
    public void Rewrite_IsProposedByLiterals()
    {
        var statement = PlanStatement.Permit(
            "w", PlanActionMask.HttpRewrite, s_host, new PlanTest.HttpTextIs(HttpText.RewriteHeader, "a"), new PlanTest.HttpTextIs(HttpText.RewriteValue, "1"));
        var plan = Plan(statement, PlanStatement.Forbid("f", PlanActionMask.HttpRewrite, new PlanTest.HttpTextLike(HttpText.RewriteValue, new PlanPattern(["2", null]))));
        Assert.Equal([new PlannedEdit(new HeaderEdit(HeaderOperation.Set, "a", "1"), "w")], Edits(plan));
        Assert.Empty(Edits(Plan(statement, PlanStatement.Forbid("f", PlanActionMask.HttpRewrite, new PlanTest.HttpTextIs(HttpText.RewriteOperation, "set")))));
        Assert.Empty(RewriteProposals.Of(statement with { Effect = PlanEffect.Forbid }));
    }

    [Fact]
    public void Restriction_IsWhatCanDenySomeRequest()
    {
        var all = PlanStatement.Permit("all", Request);
        var get = PlanStatement.Permit("get", Request, s_get);
        var either = new PlanStatement(
            "either", "user", PlanEffect.Permit, Request, [new PlanAtom([s_get]), new PlanAtom([s_post])], TruthTable.Create(2, row => row != 0b11));
        Assert.False(Restricts(Plan()));
        Assert.False(Restricts(Plan(all)));
        Assert.True(Restricts(Plan(get)));
        Assert.False(Restricts(Plan(get, all)));
        Assert.True(Restricts(Plan(either)));
        Assert.True(Restricts(Plan(all, PlanStatement.Forbid("f", Request, s_post))));
        Assert.False(Restricts(Plan(all, PlanStatement.Forbid("f", Request, s_post, new PlanTest.PortIn(80, 80)))));
        Assert.False(Restricts(Plan(PlanStatement.Permit("other", Request, new PlanTest.HostIs("y.com"), s_get))));
        Assert.True(new PlanDecider(Plan(all)).RestrictsRequests(PlanDecider.DeniedPrincipal, new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Tcp, [])));
    }

    [Fact]
    public void Restriction_DependsOnTheProcess()
    {
        var decider = new PlanDecider(Plan(PlanStatement.Permit("r", Request, new PlanTest.ExeIs("/bin/a"), s_get)));
        var endpoint = new Endpoint(IPAddress.Loopback, 443, TransportProtocol.Tcp, []);
        Assert.False(decider.RestrictsRequests(decider.InitialPrincipal, endpoint));
        Assert.True(decider.RestrictsRequests(decider.MovePrincipal(0, "/bin/a"u8, default), endpoint));
    }

    [Fact]
    public void Texts_AreOfRequestsOrOfRewrites()
    {
        var edit = new HeaderEdit(HeaderOperation.Add, "a", "1");
        Assert.Null(edit.TextOf(HttpText.Method));
        Assert.Null(edit.HeaderOf("a"));
        Assert.Null(Message().TextOf(HttpText.RewriteHeader));
        Assert.Null(HeaderEdit.OperationOf("replace"));
        Assert.All(Enum.GetValues<HeaderOperation>(), operation => Assert.Equal(operation, HeaderEdit.OperationOf(HeaderEdit.NameOf(operation))));
    }

    private static EnforcementPlan Plan(params ReadOnlySpan<PlanStatement> statements) => EnforcementPlan.Of(statements);

    private static bool Restricts(EnforcementPlan plan) =>
        new PlanDecider(plan).RestrictsRequests(0, new Endpoint(IPAddress.Parse("192.0.2.1"), 443, TransportProtocol.Tcp, new[] { "x.com" }));

    private static HttpMessage Message(
        string method = "GET", string path = "/", string query = "", string scheme = "https", params ImmutableArray<HttpField> fields) =>
        new(method, path, query, scheme, fields);

    private static Verdict Decide(EnforcementPlan plan, string method, string address = "192.0.2.1", int port = 443, string? name = "x.com") =>
        Decide(plan, Message(method), address, port, address == "192.0.2.1" ? name : null);

    private static Verdict Decide(EnforcementPlan plan, HttpMessage message, string address = "192.0.2.1", int port = 443, string? name = "x.com")
    {
        var endpoint = new Endpoint(IPAddress.Parse(address), port, TransportProtocol.Tcp, name is null ? [] : new[] { name });
        var facts = new EndpointFacts(PrincipalFacts.Initial, PlanAction.NetworkConnect, name, endpoint.IsV4, endpoint.Address, port, TransportProtocol.Tcp);
        var verdict = new PlanDecider(plan).DecideHttp(0, endpoint, message);
        Assert.Equal(new PlanInterpreter(plan).DecideHttp(new HttpFacts(facts, message)).Verdict, verdict);
        return verdict;
    }

    private static ImmutableArray<PlannedEdit> Edits(EnforcementPlan plan)
    {
        var endpoint = new Endpoint(IPAddress.Parse("192.0.2.1"), 443, TransportProtocol.Tcp, new[] { "x.com" });
        var facts = new EndpointFacts(PrincipalFacts.Initial, PlanAction.NetworkConnect, "x.com", true, endpoint.Address, 443, TransportProtocol.Tcp);
        var edits = new PlanDecider(plan).EditsFor(0, endpoint);
        Assert.Equal(new PlanInterpreter(plan).Rewrites(facts).Select(edit => new PlannedEdit(edit.Edit, edit.PolicyId)), edits);
        return edits;
    }
}
