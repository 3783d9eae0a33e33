using System.Net;
using Cedar.Authorization;
using Leash.Http.Canonical;
using Leash.Plan;
using Leash.Policy.Http;

namespace Leash.Policy.Tests.Http;

/// <summary>Compiles texts with the HTTP actions enforced, and asks about requests.</summary>
internal static class HttpPolicies
{
    public static CompileResult Compile(string text) =>
        PolicyCompiler.Compile([new PolicyDocument("user", "test.cedar", text)], TestPolicies.Facts, PlanActionMask.All);

    public static CompileResult CompileOk(string text)
    {
        var result = Compile(text);
        Assert.False(result.HasErrors, TestPolicies.Render(result));
        return result;
    }

    /// <summary>A request of <c>GET https://api.x.com/a</c> and so on.</summary>
    public static HttpFacts Request(string text, string? address = null, PrincipalFacts? principal = null, params HttpField[] fields)
    {
        var method = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var url = new Uri(text[(method.Length + 1)..], new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var isAddress = IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal);
        var endpoint = new Endpoint(isAddress ? literal! : IPAddress.Parse(address ?? "192.0.2.1"), url.Port, TransportProtocol.Tcp, []);
        return new HttpFacts(
            new EndpointFacts(
                principal ?? PrincipalFacts.Initial, PlanAction.NetworkConnect, isAddress ? null : url.Host, endpoint.IsV4, endpoint.Address, url.Port,
                TransportProtocol.Tcp),
            new HttpMessage(method, url.AbsolutePath, url.Query.TrimStart('?'), url.Scheme, [.. fields]));
    }

    /// <summary>The verdict, after making sure that all ways to decide agree.</summary>
    public static bool Allows(CompileResult compiled, HttpFacts request) => Decide(compiled, request, "").Verdict.Allowed;

    public static Explanation Decide(CompileResult compiled, HttpFacts request, string place)
    {
        var decider = new PlanDecider(compiled.Plan!);
        var principal = PrincipalOf(decider, request.Principal);
        var response = new HttpAuthorizer(compiled.PolicySet!, TestPolicies.Facts).Decide(request);
        var interpreted = new PlanInterpreter(compiled.Plan!).DecideHttp(request);
        var endpoint = TestPolicies.EndpointOf(request.Endpoint);
        var explanation = decider.ExplainHttp(principal, endpoint, request.Message);
        Assert.True(response.Errors.IsEmpty, place);
        Assert.True((response.Decision == Decision.Allow) == interpreted.Verdict.Allowed, "interpreter: " + place);
        Assert.True(interpreted.Verdict == explanation.Verdict, "explanation: " + place);
        Assert.True(explanation.Verdict == decider.DecideHttp(principal, endpoint, request.Message), "decider: " + place);
        Assert.True(
            response.Determining.Order(StringComparer.Ordinal).SequenceEqual(explanation.PolicyIds.Order(StringComparer.Ordinal)), "reasons: " + place);
        return explanation;
    }

    /// <summary>The class of a process with this lineage.</summary>
    public static int PrincipalOf(PlanDecider decider, PrincipalFacts facts)
    {
        var principal = decider.InitialPrincipal;
        foreach (var exe in facts.Lineage)
        {
            principal = decider.MovePrincipal(principal, exe, default);
        }

        return principal;
    }

    public static CanonicalRequest Canonical(string text, params HttpField[] fields)
    {
        var method = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var target = text[(method.Length + 1)..];
        var scheme = target[..target.IndexOf(':', StringComparison.Ordinal)];
        var rest = target[(scheme.Length + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var result = RequestCanonicalizer.Canonicalize(new RawRequest
        {
            Version = RequestVersion.Http11,
            Method = method,
            Scheme = scheme,
            Target = slash < 0 ? rest : rest[slash..],
            Fields = [new HttpField("Host", slash < 0 ? rest : rest[..slash]), .. fields],
        });
        Assert.Equal(RequestRefusal.None, result.Refusal);
        return result.Request!;
    }
}
