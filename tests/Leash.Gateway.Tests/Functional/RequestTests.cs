using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Leash.Gateway.Decisions;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Requests of clients that behave.</summary>
public sealed class RequestTests
{
    public static TheoryData<string, int, int> Versions => new()
    {
        { "https", 1, 1 },
        { "https", 2, 0 },
        { "http", 1, 1 },
        { "http", 2, 0 },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Permitted_ReachesTheDestination_InTheClientsVersion(string scheme, int major, int minor)
    {
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            context.Response.Headers["X-Seen"] = $"{context.Request.Protocol} {context.Request.Method} {context.Request.Host} {context.Request.Path}{context.Request.QueryString}";
            await context.Response.WriteAsync((await reader.ReadToEndAsync()).ToUpperInvariant());
        });
        using var client = fixture.CreateClient(new Version(major, minor));
        var port = scheme == "https" ? fixture.Upstream.TlsPort : major == 2 ? fixture.Upstream.PlainHttp2Port : fixture.Upstream.PlainPort;
        using var response = await client.PostAsync($"{scheme}://site.test:{port}/a/b?token=s3cr3t&x", new StringContent("hello"), Deadline.Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("HELLO", await response.Content.ReadAsStringAsync());
        Assert.Equal($"HTTP/{(major == 2 ? "2" : "1.1")} POST site.test:{port} /a/b?token=s3cr3t&x", response.Headers.GetValues("X-Seen").Single());
        var (record, outcome) = await fixture.Records.NextRequestEndAsync();
        Assert.Equal(("POST", scheme, "site.test", port, "/a/b", "?token=***&***"), (record.Method, record.Scheme, record.Host, record.Port, record.Path, record.Query));
        Assert.Equal((FakeOrigins.Process, IPAddress.Loopback), (record.Process, record.Address));
        Assert.Equal((200, 5L, 5L, (GatewayRefusal?)null), (outcome.Status, outcome.SentBytes, outcome.ReceivedBytes, outcome.Refusal));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Denied_IsAProblemThatNamesThePolicy(string scheme, int major, int minor)
    {
        var reached = false;
        await using var fixture = await GatewayFixture.StartAsync(
            context =>
            {
                reached = true;
                return Task.CompletedTask;
            },
            new FakeDecider { Request = _ => GatewayVerdict.Deny("uploads are not permitted", "leash policy allow …", ["no-uploads"]) });
        using var client = fixture.CreateClient(new Version(major, minor));
        var port = scheme == "https" ? fixture.Upstream.TlsPort : major == 2 ? fixture.Upstream.PlainHttp2Port : fixture.Upstream.PlainPort;
        using var response = await client.GetAsync($"{scheme}://site.test:{port}/secret?q=1", Deadline.Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("no-uploads", problem["policies"]![0]!.GetValue<string>());
        Assert.Equal("leash policy allow …", problem["help"]!.GetValue<string>());
        Assert.Contains("uploads are not permitted", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(reached);
        var record = await fixture.Records.NextRefusalAsync();
        Assert.Equal((GatewayRefusal.Denied, "no-uploads"), (record.Refusal, record.PolicyIds.Single()));
    }

    [Fact]
    public async Task Decider_Throws_IsDeniedWithoutItsText()
    {
        await using var fixture = await GatewayFixture.StartAsync("x", new FakeDecider { Request = _ => throw new InvalidOperationException("s3cr3t") });
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync(fixture.Https(), Deadline.Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("s3cr3t", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var record = await fixture.Records.NextRefusalAsync();
        Assert.Equal(GatewayRefusal.DeciderFailed, record.Refusal);
        Assert.DoesNotContain("s3cr3t", record.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Unrecorded_NothingGoesOn(bool isBroken)
    {
        var reached = false;
        await using var fixture = await GatewayFixture.StartAsync(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        },
        null,
        GatewayFixture.Patient);
        using var upstream = new TcpUpstream(stream => stream.WriteAsync("hello"u8.ToArray()).AsTask());
        fixture.Records.IsBroken = isBroken;
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync(fixture.Https(), Deadline.Token);
        Assert.Equal(!isBroken, response.IsSuccessStatusCode);
        Assert.Equal(!isBroken, reached);
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        Assert.Equal(isBroken ? "" : "hello", await RawHttp.ExchangeAsync(stream, "*"));
        Assert.Equal(isBroken ? 0 : 1, upstream.Accepted);
    }

    [Fact]
    public async Task Names_CannotBeAsked_IsRefusedAndRecorded()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        fixture.Names.IsBroken = true;
        var response = await RawHttp.ExchangeAsync(tls, $"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nConnection: close\r\n\r\n");
        Assert.Equal(421, RawHttp.Status(response));
        Assert.DoesNotContain("s3cr3t", response, StringComparison.Ordinal);
        Assert.Equal(GatewayRefusal.AddressMismatch, (await fixture.Records.NextRefusalAsync()).Refusal);
    }
}
