using Leash.Plan;
using static Leash.Policy.Tests.Http.HttpPolicies;

namespace Leash.Policy.Tests.Http;

/// <summary>What statements on requests mean. Each denied case stands beside an allowed one.</summary>
public sealed class HttpRequestTests
{
    private const string Connect = """permit (principal, action == Action::"NetworkConnect", resource in Host::"api.x.com");""";

    [Theory]
    [InlineData("GET https://api.x.com/anything", true)]
    [InlineData("DELETE http://api.x.com:8080/other", true)]
    [InlineData("GET https://other.x.com/", false)]
    public void ConnectAlone_PermitsEveryRequestToTheHost(string request, bool allowed) =>
        Assert.Equal(allowed, Allows(CompileOk(Connect), Request(request)));

    [Theory]
    [InlineData("GET https://api.x.com/v1/a", true)]
    [InlineData("POST https://api.x.com/v1/a", false)]
    [InlineData("GET https://api.x.com/v2/a", false)]
    [InlineData("POST https://free.x.com/", true)]
    public void PermitForAHost_IsAListForThatHostOnly(string request, bool allowed)
    {
        var compiled = CompileOk(
            """
            permit (principal, action == Action::"NetworkConnect", resource in Host::"*.x.com");
            permit (principal, action == Action::"HttpRequest", resource in Host::"api.x.com")
            when { context.method == "GET" && context.path like "/v1/*" };
            """);
        Assert.Equal(allowed, Allows(compiled, Request(request)));
    }

    [Fact]
    public void PermitOfARequest_DoesNotPermitConnecting()
    {
        const string Request1 = "GET https://api.x.com/";
        const string Permit = """permit (principal, action == Action::"HttpRequest", resource in Host::"api.x.com");""";
        Assert.False(Allows(CompileOk(Permit), Request(Request1)));
        Assert.True(Allows(CompileOk(Permit + Connect), Request(Request1)));
    }

    [Theory]
    [InlineData("GET https://api.x.com/", true)]
    [InlineData("DELETE https://api.x.com/", false)]
    public void ForbidOnly_BlocksJustThat(string request, bool allowed)
    {
        var compiled = CompileOk(
            Connect + """forbid (principal, action == Action::"HttpRequest", resource) when { ["DELETE", "PUT"].contains(context.method) };""");
        Assert.Equal(allowed, Allows(compiled, Request(request)));
    }

    [Theory]
    [InlineData("https://api.x.com/", true)]
    [InlineData("http://api.x.com/", false)]
    public void ForbidOfConnecting_ForbidsRequests(string url, bool allowed)
    {
        var compiled = CompileOk(
            """
            permit (principal, action, resource);
            @id("no-80") forbid (principal, action == Action::"NetworkConnect", resource) when { context.port == 80 };
            """);
        var explanation = Decide(compiled, Request("GET " + url), "");
        Assert.Equal(allowed, explanation.Verdict.Allowed);
        Assert.Equal(allowed ? ["test#1"] : ["no-80"], explanation.PolicyIds);
    }

    [Theory]
    [InlineData("""context.scheme == "https" """, "GET https://api.x.com/", "GET http://api.x.com/")]
    [InlineData("""context.method != "POST" """, "GET https://api.x.com/", "POST https://api.x.com/")]
    [InlineData("""context.path == "/a%20b" """, "GET https://api.x.com/a%20b", "GET https://api.x.com/a")]
    [InlineData("""context.path like "/v*/x" """, "GET https://api.x.com/v1/y/x", "GET https://api.x.com/v1/y")]
    [InlineData("""["/a", "/b"].contains(context.path) """, "GET https://api.x.com/b", "GET https://api.x.com/c")]
    [InlineData("""context.query == "" """, "GET https://api.x.com/", "GET https://api.x.com/?a")]
    [InlineData("""context.query like "*q=1*" """, "GET https://api.x.com/?a=2&q=1", "GET https://api.x.com/?q=2")]
    [InlineData("""context.port == 8443 """, "GET https://api.x.com:8443/", "GET https://api.x.com/")]
    [InlineData("""context.port < 1000 || context.path == "/dev" """, "GET https://api.x.com:8443/dev", "GET https://api.x.com:8443/")]
    [InlineData("""resource in Host::"api.x.com:443" || context.method == "HEAD" """, "HEAD https://api.x.com:1/", "GET https://api.x.com:1/")]
    [InlineData("""if context.method == "GET" then context.path == "/g" else context.path == "/o" """, "PUT https://api.x.com/o", "GET https://api.x.com/o")]
    public void ContextKey_IsTested(string condition, string allowed, string denied)
    {
        var compiled = CompileOk($$"""{{Connect}} permit (principal, action == Action::"HttpRequest", resource) when { {{condition}} };""");
        Assert.True(Allows(compiled, Request(allowed)));
        Assert.False(Allows(compiled, Request(denied)));
    }

    [Theory]
    [InlineData("""context.headers.hasTag("X-Trace")""", "1", true)]
    [InlineData("""context.headers.hasTag("X-Trace")""", null, false)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("X-TRACE") == "1" """, "1", true)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("x-trace") == "1" """, "2", false)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("x-trace") != "1" """, "2", true)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("x-trace") != "1" """, null, false)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("x-trace") like "a*z" """, "a-z", true)]
    [InlineData("""context.headers.hasTag("x-trace") && context.headers.getTag("x-trace") like "a*z" """, "a-y", false)]
    [InlineData("""context.headers.hasTag("x-trace") && ["1", "2"].contains(context.headers.getTag("x-trace"))""", "2", true)]
    [InlineData("""context.headers.hasTag("x-trace") && ["1", "2"].contains(context.headers.getTag("x-trace"))""", "3", false)]
    public void Header_IsTested(string condition, string? value, bool allowed)
    {
        var compiled = CompileOk($$"""{{Connect}} permit (principal, action == Action::"HttpRequest", resource) when { {{condition}} };""");
        HttpField[] fields = value is null ? [] : [new HttpField("x-trace", value)];
        Assert.Equal(allowed, Allows(compiled, Request("GET https://api.x.com/", null, null, fields)));
    }

    [Fact]
    public void HeaderInTwoLines_IsOneValue()
    {
        var compiled = CompileOk(
            $$"""{{Connect}} permit (principal, action == Action::"HttpRequest", resource) when { context.headers.hasTag("a") && context.headers.getTag("a") == "1, 2" };""");
        Assert.True(Allows(compiled, Request("GET https://api.x.com/", null, null, new("a", "1"), new("b", "x"), new("a", "2"))));
        Assert.False(Allows(compiled, Request("GET https://api.x.com/", null, null, new HttpField("a", "1"))));
    }

    [Theory]
    [InlineData("10.0.0.7", false)]
    [InlineData("192.0.2.1", true)]
    public void AddressRange_CoversNamesThatPointThere(string address, bool allowed)
    {
        var compiled = CompileOk(Connect + """forbid (principal, action == Action::"HttpRequest", resource in Cidr::"10.0.0.0/8");""");
        Assert.Equal(allowed, Allows(compiled, Request("GET https://api.x.com/", address)));
    }

    [Fact]
    public void Principal_IsTested()
    {
        var compiled = CompileOk(
            $$"""{{Connect}} permit (principal in Exe::"/usr/bin/git", action == Action::"HttpRequest", resource) when { context.method == "POST" };""");
        Assert.True(Allows(compiled, Request("POST https://api.x.com/", null, TestPolicies.Process("/usr/bin/git"))));
        Assert.False(Allows(compiled, Request("GET https://api.x.com/", null, TestPolicies.Process("/usr/bin/git"))));

        // For others the permit cannot apply, so there is no list.
        Assert.True(Allows(compiled, Request("GET https://api.x.com/", null, TestPolicies.Process("/usr/bin/curl"))));
    }

    [Fact]
    public void AddressLiteral_IsDecidedByNumber()
    {
        var compiled = CompileOk("""permit (principal, action in [Action::"NetworkConnect", Action::"HttpRequest"], resource in Host::"10.0.0.5");""");
        Assert.True(Allows(compiled, Request("GET http://10.0.0.5/")));
        Assert.False(Allows(compiled, Request("GET http://10.0.0.6/")));
    }
}
