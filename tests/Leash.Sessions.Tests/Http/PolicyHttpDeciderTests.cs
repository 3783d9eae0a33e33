using System.Collections.Immutable;
using System.Net;
using System.Text;
using Leash.Gateway.Decisions;
using Leash.Http.Secrets;
using Leash.Plan;
using Leash.Sessions.Http;
using static Leash.Sessions.Tests.Http.HttpDeciders;

namespace Leash.Sessions.Tests.Http;

/// <summary>What the gateway is told by a session's policies. Each denial stands beside what is allowed.</summary>
public sealed class PolicyHttpDeciderTests
{
    private const string Real = "sk-real";
    private const string Open = """permit (principal, action == Action::"NetworkConnect", resource in Host::"*");""";

    private const string Inject = Open + """
        permit (principal, action == Action::"HttpRewrite", resource in Host::"api.x.com")
        when { context.header == "Authorization" && context.value == "Bearer ${secret:KEY}" };
        """;

    [Fact]
    public void Request_IsDeniedWithReasonPoliciesAndHelp()
    {
        var decider = Decider(Open + """
            @id("read") permit (principal, action == Action::"HttpRequest", resource in Host::"api.x.com") when { context.method == "GET" };
            @id("closed") @reason("this stays closed") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/closed/*" };
            """);
        Assert.Equal((GatewayEffect.Allow, "test#1 read"), Summary(decider.DecideRequest(Request("GET https://api.x.com/a"))));
        var unlisted = decider.DecideRequest(Request("POST https://api.x.com/a"));
        Assert.Equal((GatewayEffect.Deny, ""), Summary(unlisted));
        Assert.Equal("no policy permits it", unlisted.Reason);
        Assert.Contains("context.method == \"POST\"", unlisted.Help, StringComparison.Ordinal);
        var closed = decider.DecideRequest(Request("GET https://api.x.com/closed%2fa"));
        Assert.Equal((GatewayEffect.Deny, "closed"), Summary(closed));
        Assert.Contains("/closed/a", closed.Help, StringComparison.Ordinal);
        Assert.Equal("this stays closed", closed.Reason);
    }

    [Theory]
    [InlineData(true, GatewayEffect.Deny)]
    [InlineData(false, GatewayEffect.WouldDeny)]
    public void Denial_ThatIsNotEnforced_IsSaid(bool isEnforced, GatewayEffect effect)
    {
        var decider = Decider("""forbid (principal, action == Action::"HttpRequest", resource);""", isEnforced);
        var request = decider.DecideRequest(Request("GET https://x.com/"));
        Assert.Equal(effect, request.Effect);
        Assert.Equal(!isEnforced, request.IsAllowed);
        Assert.NotNull(request.Reason);
        Assert.Equal(effect, decider.DecideConnection(Connection("x.com")).Effect);
    }

    [Theory]
    [InlineData("x.com", true)]
    [InlineData("api.x.com", false)]
    public void ClosedConnection_IsDeniedWhereRequestsAreRestricted(string name, bool isAllowed)
    {
        var decider = Decider(Open + """permit (principal, action == Action::"HttpRequest", resource in Host::"api.x.com") when { context.method == "GET" };""");
        Assert.Equal(isAllowed, decider.DecideConnection(Connection(name)).IsAllowed);
        Assert.Equal(isAllowed, decider.DecideConnection(Connection(null, "192.0.2.1", 22, name)).IsAllowed);
    }

    [Theory]
    [InlineData(null, "10.0.0.5", true)]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("x.com", "10.0.0.5", false)]
    [InlineData(null, "10.0.0.6", false)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    public void ConnectionToAnAddress_IsDecidedByIt(string? name, string address, bool isAllowed)
    {
        var decider = Decider("""
            permit (principal, action == Action::"NetworkConnect", resource) when { resource in [Host::"10.0.0.5", Host::"2001:db8::1"] };
            forbid (principal, action == Action::"NetworkConnect", resource in Host::"x.com");
            """);
        Assert.Equal(isAllowed, decider.DecideConnection(Connection(name, address)).IsAllowed);
    }

    [Theory]
    [InlineData(Open, true)]
    [InlineData(Open + """forbid (principal, action == Action::"NetworkConnect", resource in Cidr::"10.0.0.0/8");""", false)]
    [InlineData(Open + """forbid (principal, action == Action::"HttpRequest", resource) when { context.ip.isLoopback() };""", false)]
    public void UnknownAddress_IsDeniedWherePoliciesAskForIt(string policy, bool isAllowed)
    {
        var request = Decider(policy).DecideRequest(Request("GET https://x.com/") with { Address = null });
        Assert.Equal(isAllowed, request.IsAllowed);
        Assert.Equal(isAllowed, request.Help is null);
        Assert.Equal(isAllowed, Decider(policy).DecideConnection(Connection("x.com") with { Address = null }).IsAllowed);
        Assert.True(Decider(policy).DecideRequest(Request("GET https://x.com/")).IsAllowed);
    }

    [Fact]
    public void UnknownProcess_IsDenied() =>
        Assert.False(Decider("permit (principal, action, resource);").DecideRequest(Request("GET https://x.com/") with { Process = Process(PlanDecider.DeniedPrincipal) }).IsAllowed);

    [Theory]
    [InlineData("GET https://api.x.com/", "Set authorization=Bearer sk-real", "")]
    [InlineData("GET http://api.x.com/", "", "authorization")]
    [InlineData("GET https://x.com/", "", "")]
    public void Rewrite_IsMadeOverTlsForItsHostOnly(string request, string rewritten, string withheld)
    {
        var verdict = Decider(Inject, options: Options()).DecideRequest(Request(request, new HttpField("authorization", "none")));
        Assert.True(verdict.IsAllowed);
        Assert.Equal(rewritten, string.Join('|', Show(verdict)));
        Assert.Equal(withheld, string.Join('|', verdict.WithheldHeaders));
        Assert.DoesNotContain(Real, verdict.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SecretThatIsNotThere_DeniesTheRequest(bool isEnforced)
    {
        var verdict = Decider(Inject, isEnforced).DecideRequest(Request("GET https://api.x.com/"));
        Assert.Equal(GatewayEffect.Deny, verdict.Effect);
        Assert.Equal("a header needs what is not there: secret `KEY` is not in what this session was given", verdict.Reason);
        Assert.Contains("--secret KEY=", verdict.Help, StringComparison.Ordinal);
        Assert.Empty(verdict.Rewrites);

        // Nothing is looked up for requests without the change.
        Assert.True(Decider(Inject, isEnforced).DecideRequest(Request("GET http://api.x.com/")).IsAllowed);
        Assert.True(Decider(Inject, isEnforced).DecideRequest(Request("GET https://x.com/")).IsAllowed);
    }

    [Fact]
    public void SecretThatIsNotThere_IsLookedForOncePerRequest()
    {
        var lookups = 0;
        var secrets = SessionSecrets.Create([new SecretOrigin("KEY", SecretOriginKind.Environment, "KEY")], [], _ => Looked(), []);
        var decider = Decider(Inject, options: new HttpOptions { Secrets = secrets });
        for (var request = 1; request <= 2; request++)
        {
            lookups = 0;
            Assert.False(decider.DecideRequest(Request("GET https://api.x.com/")).IsAllowed);
            Assert.Equal(1, lookups);
        }

        // What is under way does not need it again, whatever another policy puts in.
        Assert.True(decider.ReviewRequest(Request("GET https://api.x.com/")).IsAllowed);
        Assert.Equal(1, lookups);

        string? Looked()
        {
            lookups++;
            return null;
        }
    }

    [Theory]
    [InlineData("GET https://api.x.com/", "x-api-key", true)]
    [InlineData("GET http://api.x.com/", "x-api-key", false)]
    [InlineData("GET https://evil.com/", "x-api-key", false)]
    [InlineData("GET https://sub.api.x.com/", "x-api-key", false)]
    [InlineData("GET https://192.0.2.1/", "x-api-key", false)]
    [InlineData("GET https://api.x.com/", "x-other", false)]
    public void Placeholder_IsReplacedInItsHeaderForItsHostOverTlsOnly(string request, string header, bool isReplaced)
    {
        var options = Options();
        var token = options.Secrets.Placeholders.Single().Token;
        var verdict = Decider(Open, options: options).DecideRequest(Request(request, new HttpField(header, "key " + token), new HttpField("accept", "a")));
        Assert.True(verdict.IsAllowed);
        Assert.Equal(isReplaced ? [$"Set {header}=key {Real}"] : [], Show(verdict));
        Assert.Equal(isReplaced ? [] : ["KEY"], verdict.MisplacedSecrets);
    }

    [Fact]
    public void Placeholder_InBasicCredentials_IsReplaced()
    {
        var options = Options("authorization");
        var token = options.Secrets.Placeholders.Single().Token;
        var verdict = Decider(Open, options: options).DecideRequest(Request("GET https://api.x.com/", new HttpField("authorization", Basic("git:" + token))));
        Assert.Equal(["Set authorization=" + Basic("git:" + Real)], Show(verdict));

        static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
    }

    [Theory]
    [InlineData("GET https://api.x.com/", false)]
    [InlineData("GET https://evil.com/", true)]
    public void PlaceholderOfASecretThatIsNotThere_DeniesWhereItWouldBeReplaced(string request, bool isAllowed)
    {
        var options = Options("x-api-key", value: null);
        var field = new HttpField("x-api-key", options.Secrets.Placeholders.Single().Token);
        Assert.Equal(isAllowed, Decider(Open, options: options).DecideRequest(Request(request, field)).IsAllowed);
    }

    [Fact]
    public void Placeholder_IsReplacedAlsoWhereTheDenialIsNotEnforced()
    {
        var options = Options();
        var field = new HttpField("x-api-key", options.Secrets.Placeholders.Single().Token);
        var verdict = Decider("", isEnforced: false, options).DecideRequest(Request("GET https://api.x.com/", field));
        Assert.Equal(GatewayEffect.WouldDeny, verdict.Effect);
        Assert.Equal([$"Set x-api-key={Real}"], Show(verdict));
    }

    [Theory]
    [InlineData("api.x.com", true)]
    [InlineData("x.com", false)]
    [InlineData("a.b.y.com", true)]
    [InlineData("y.com", false)]
    [InlineData("evily.com", false)]
    [InlineData("10.0.0.5", true)]
    [InlineData("2001:db8::1", true)]
    public void Passthrough_IsWhatWasGiven(string host, bool isPassthrough)
    {
        ImmutableArray<PassthroughHost> hosts = [.. ((string[])["API.x.com", "*.y.com", "10.0.0.5", "[2001:DB8::1]"]).Select(text => PassthroughHost.Parse(text)!.Value)];
        Assert.Equal(isPassthrough, Decider(Open, options: new HttpOptions { Passthrough = hosts }).IsPassthrough(host, 443));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.10.0.0.1")]
    [InlineData("a.*.com")]
    [InlineData("https://x.com")]
    [InlineData("x.com:443")]
    [InlineData("x.com.")]
    [InlineData("bücher.de")]
    public void Passthrough_OfWhatIsNoHost_CannotBeGiven(string text) => Assert.Null(PassthroughHost.Parse(text));

    private static HttpOptions Options(string header = "x-api-key", string? value = Real)
    {
        List<SecretLookup> problems = [];
        var secrets = SessionSecrets.Create([], [new KnownCredential("KEY", header, ["api.x.com"])], name => name == "KEY" ? value : null, problems);
        return new HttpOptions { Secrets = secrets };
    }

    private static (GatewayEffect Effect, string Policies) Summary(GatewayVerdict verdict) => (verdict.Effect, string.Join(' ', verdict.PolicyIds));
}
