using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Leash.Gateway.Decisions;
using Leash.Gateway.Tests.Functional;
using Leash.Http.Secrets;
using Leash.Sessions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Sessions.Tests.Http;

/// <summary>Policies and secrets in a gateway on real sockets: what arrives at the destination, and what the client is told.</summary>
public sealed class GatewayWithPoliciesTests
{
    private const string Real = "sk-real";
    private const string Open = """permit (principal, action == Action::"NetworkConnect", resource in Host::"*");""";

    [Fact]
    public async Task ScopedPackage_IsAskedForAsWritten()
    {
        await using var fixture = await StartAsync(Target, Open);
        using var client = fixture.CreateClient();
        Assert.Equal("/@types%2Fnode", await client.GetStringAsync(Exactly(fixture.Https("/@types%2fnode")), Deadline.Token));
    }

    [Fact]
    public async Task ForbiddenPath_IsForbiddenInEverySpelling()
    {
        await using var fixture = await StartAsync(
            Target, Open + """@id("no-admin") @reason("nobody administrates here") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/admin/*" };""");
        using var client = fixture.CreateClient();
        Assert.Equal("/public/a", await client.GetStringAsync(Exactly(fixture.Https("/public/a")), Deadline.Token));
        foreach (var path in (string[])["/admin/a", "/%61dmin/a", "//admin/a", "/admin%2Fa", "/admin;v=1/a"])
        {
            using var response = await client.GetAsync(Exactly(fixture.Https(path)), Deadline.Token);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, response.StatusCode));
            var problem = await response.Content.ReadFromJsonAsync<JsonObject>();
            Assert.Equal("no-admin", problem!["policies"]![0]!.GetValue<string>());
            Assert.Contains("nobody administrates here", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Denial_SaysWhatWouldPermitIt()
    {
        await using var fixture = await StartAsync(Target, """permit (principal, action == Action::"HttpRequest", resource) when { context.method == "GET" };""");
        using var client = fixture.CreateClient();
        using var response = await client.PostAsync(fixture.Https("/a"), null, Deadline.Token);
        var help = (await response.Content.ReadFromJsonAsync<JsonObject>())!["help"]!.GetValue<string>();
        var permit = help[(help.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        fixture.Gateway.Exchange(new AsProcess(HttpDeciders.Decider(permit)));
        using var permitted = await client.PostAsync(fixture.Https("/a"), null, Deadline.Token);
        Assert.Equal(HttpStatusCode.OK, permitted.StatusCode);
        using var other = await client.PostAsync(fixture.Https("/b"), null, Deadline.Token);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    [Theory]
    [InlineData("https", "Bearer sk-real|key sk-real|1", "authorization x-api-key", "")]
    [InlineData("http", "none|key TOKEN|1", "", "authorization")]
    public async Task Secrets_LeaveOverTlsOnly(string scheme, string arrived, string rewritten, string withheld)
    {
        List<SecretLookup> problems = [];
        var secrets = SessionSecrets.Create(
            [new SecretOrigin("KEY", SecretOriginKind.Environment, "KEY")], [new KnownCredential("API_KEY", "x-api-key", [GatewayFixture.Host])], _ => Real, problems);
        var token = secrets.Placeholders.Single().Token;
        await using var fixture = await StartAsync(
            context => context.Response.WriteAsync($"{context.Request.Headers.Authorization}|{context.Request.Headers["X-Api-Key"]}|{context.Request.Headers["X-Other"]}"),
            Open + """
                permit (principal, action == Action::"HttpRewrite", resource in Host::"site.test")
                when { context.header == "Authorization" && context.value == "Bearer ${secret:KEY}" };
                """,
            new HttpOptions { Secrets = secrets });
        using var client = fixture.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, scheme == "https" ? fixture.Https() : fixture.Http());
        request.Headers.TryAddWithoutValidation("Authorization", "none");
        request.Headers.TryAddWithoutValidation("X-Api-Key", "key " + token);
        request.Headers.TryAddWithoutValidation("X-Other", "1");
        using var response = await client.SendAsync(request, Deadline.Token);
        Assert.Equal(arrived.Replace("TOKEN", token, StringComparison.Ordinal), await response.Content.ReadAsStringAsync());
        var record = await fixture.Records.NextRequestAsync();
        Assert.Equal((rewritten, withheld), (string.Join(' ', record.RewrittenHeaders), string.Join(' ', record.WithheldHeaders)));
        Assert.Equal(scheme == "https" ? [] : ["API_KEY"], record.MisplacedSecrets);
        Assert.DoesNotContain(Real, record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretThatIsNotThere_SendsNothing()
    {
        var reached = false;
        await using var fixture = await StartAsync(
            _ =>
            {
                reached = true;
                return Task.CompletedTask;
            },
            Open + """permit (principal, action == Action::"HttpRewrite", resource) when { context.header == "X-Key" && context.value == "${secret:KEY}" };""");
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync(fixture.Https(), Deadline.Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("secret `KEY`", (await response.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(reached);
    }

    private static Task Target(HttpContext context) => context.Response.WriteAsync(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);

    private static Task<GatewayFixture> StartAsync(RequestDelegate serve, string policy, HttpOptions? options = null) =>
        GatewayFixture.StartAsync(serve, new AsProcess(HttpDeciders.Decider(policy, options: options)));

    /// <summary>The address as it is: <see cref="Uri"/> would decode and fold it.</summary>
    private static Uri Exactly(Uri uri) => new(uri.OriginalString, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>The fixture's process has a class that no plan knows.</summary>
    private sealed class AsProcess(PolicyHttpDecider decider) : IHttpDecider
    {
        public GatewayVerdict DecideRequest(HttpRequestFacts request) => decider.DecideRequest(request with { Process = HttpDeciders.Process() });

        public GatewayVerdict DecideConnection(ConnectionFacts connection) => decider.DecideConnection(connection with { Process = HttpDeciders.Process() });

        public bool IsPassthrough(string host, int port) => decider.IsPassthrough(host, port);
    }
}
