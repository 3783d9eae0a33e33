using System.Net;
using Cedar.Authorization;
using Leash.Gateway.Decisions;
using Leash.Http.Canonical;
using Leash.Plan;
using Leash.Policy.Http;
using Leash.Policy.Tests;
using Leash.Policy.Tests.Http;
using Leash.Sessions.Http;

namespace Leash.Sessions.Tests.Http;

/// <summary>What the gateway does is what Cedar says, about the request and about every other way to read it.</summary>
public sealed class DeciderAgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerSet = 25;

    // Each has readings of its own besides the paths of the generator.
    private static readonly string[] s_paths = ["", "//a", "/a%2Fb", "/a;v=1", "/v1%2Fx", "/a%40b"];

    [Fact]
    public void RandomPolicies_AreDecidedAsByCedar()
    {
        var seed = RandomRun.Seed(output);
        var random = new Random(seed);
        var generator = new RandomHttpPolicies(random);
        var wanted = RandomRun.Pairs(2_000);
        var (pairs, allowed) = (0, 0);
        for (var tries = 0; pairs < wanted && tries < wanted; tries++)
        {
            var text = generator.Text();
            var compiled = HttpDeciders.Compile(text);
            if (compiled.HasErrors)
            {
                continue;
            }

            var cedar = new HttpAuthorizer(compiled.PolicySet!, HttpDeciders.Facts);
            var decider = new PlanDecider(compiled.Plan!);
            var gateway = new PolicyHttpDecider(compiled.Plan!, decider, isEnforced: true, new HttpOptions());
            for (var i = 0; i < RequestsPerSet; i++, pairs++)
            {
                var request = generator.Request();
                var path = s_paths[random.Next(s_paths.Length)];
                request = path.Length == 0 ? request : request with { Message = WithPath(request.Message, path) };
                var isAllowed = HttpReadings.OthersOf(request.Message).Prepend(request.Message)
                    .All(reading => cedar.Decide(request with { Message = reading }).Decision == Decision.Allow);
                var verdict = gateway.DecideRequest(ToFacts(decider, request));
                Assert.True(isAllowed == verdict.IsAllowed, $"seed {seed}\n{text}\n{request}\n{request.Message.Method} {request.Message.Path}\n{compiled.Plan!.Describe()}");
                allowed += isAllowed ? 1 : 0;
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed");
        Assert.InRange(allowed, pairs / 20, pairs * 19 / 20);
    }

    private static HttpMessage WithPath(HttpMessage message, string path) => new(message.Method, path, message.Query, message.Scheme, message.Fields);

    private static HttpRequestFacts ToFacts(PlanDecider decider, HttpFacts request)
    {
        var (endpoint, message) = (request.Endpoint, request.Message);
        var principal = decider.InitialPrincipal;
        foreach (var exe in request.Endpoint.Principal.Lineage)
        {
            principal = decider.MovePrincipal(principal, exe, default);
        }

        var canonical = new CanonicalRequest
        {
            Version = RequestVersion.Http11,
            Method = message.Method,
            Scheme = message.Scheme,
            Host = new HttpHost(endpoint.Name, endpoint.Name is null ? Cidr.Single(endpoint.IsV4, endpoint.Address) : default),
            Port = endpoint.Port,
            Path = message.Path,
            Query = message.Query.Length == 0 ? null : message.Query,
            Protocol = null,
            Fields = message.Fields,
        };
        return new HttpRequestFacts(canonical, IPAddress.Parse(Cidr.FormatAddress(endpoint.IsV4, endpoint.Address)), HttpDeciders.Process(principal));
    }
}
