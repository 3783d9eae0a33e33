using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Leash.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Destinations behind a SOCKS proxy.</summary>
public sealed class SocksTests
{
    // Only a proxy leads from there to this machine.
    private static readonly IPAddress Outside = IPAddress.Parse("192.0.2.7");

    private static async Task<GatewayFixture> StartAsync(FakeSocks proxy, string user = "")
    {
        Assert.True(UpstreamProxy.TryParse($"socks5h://{user}127.0.0.1:{proxy.Port}", "", out var upstreamProxy));
        var fixture = await GatewayFixture.StartAsync(
            context => context.Response.WriteAsync("through"), null, (options, _) => options with { Proxy = upstreamProxy, SilenceBeforeDial = TimeSpan.FromMinutes(1) });
        fixture.Names.Add("outside.test", Outside);
        return fixture;
    }

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task Request_IsAskedForByName(string scheme)
    {
        using var proxy = new FakeSocks();
        await using var fixture = await StartAsync(proxy);
        var port = scheme == "https" ? fixture.Upstream.TlsPort : fixture.Upstream.PlainPort;
        using var client = fixture.CreateClient();
        Assert.Equal("through", await client.GetStringAsync($"{scheme}://outside.test:{port}/", Deadline.Token));
        Assert.Equal(["methods 0", $"1 outside.test {port}"], proxy.Asked);
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public async Task Request_ToAnAddress_IsAskedForByIt(string address)
    {
        using var proxy = new FakeSocks();
        await using var fixture = await StartAsync(proxy);
        using var client = fixture.CreateClient();
        var port = fixture.Upstream.PlainPort;
        Assert.Equal("through", await client.GetStringAsync($"http://{(address.Contains(':') ? $"[{address}]" : address)}:{port}/", Deadline.Token));
        Assert.Equal(["methods 0", $"1 {address} {port}"], proxy.Asked);
    }

    [Theory]
    [InlineData("user:p%40ss%3A@", 2, "user p@ss:")]
    [InlineData("user@", 2, "user ")]
    [InlineData("user:unasked@", 0, null)]
    public async Task Credential_IsShownWhenItIsAskedFor(string user, byte method, string? shown)
    {
        using var proxy = new FakeSocks(method);
        await using var fixture = await StartAsync(proxy, user);
        using var client = fixture.CreateClient();
        Assert.Equal("through", await client.GetStringAsync($"http://outside.test:{fixture.Upstream.PlainPort}/", Deadline.Token));
        Assert.Equal("methods 0 2", proxy.Asked.First());
        Assert.Equal(shown is null ? [] : [shown], proxy.Asked.Skip(1).SkipLast(1));
    }

    // What follows an answer is the destination's, to the byte.
    [Theory]
    [InlineData(new byte[] { 5, 0, 0, 1, 1, 2, 3, 4, 5, 6 })]
    [InlineData(new byte[] { 5, 0, 0, 3, 2, (byte)'a', (byte)'b', 5, 6 })]
    [InlineData(new byte[] { 5, 0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 5, 6 })]
    public async Task DestinationThatSpeaksFirst_IsHeard(byte[] answer)
    {
        using var proxy = new FakeSocks(answer: answer);
        using var upstream = new TcpUpstream(stream => stream.WriteAsync("220 ready!"u8.ToArray()).AsTask());
        await using var fixture = await StartAsync(proxy);
        await using var stream = await fixture.ConnectAsync(new IPEndPoint(Outside, upstream.Port));
        await stream.WriteAsync("*"u8.ToArray());
        Assert.Equal("220 ready!", await RawHttp.ReadUntilAsync(stream, "!"));
    }

    [Theory]
    [InlineData("", 255, 0, new byte[] { 5, 0 })]
    [InlineData("", 2, 0, new byte[] { 5, 0 })]
    [InlineData("user:wrong@", 2, 1, new byte[] { 5, 0 })]
    [InlineData("", 0, 0, new byte[] { 5, 2, 0, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData("", 0, 0, new byte[] { 5, 4, 0, 3, 0, 0, 0 })]
    [InlineData("", 0, 0, new byte[] { 4, 0, 0, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData("", 0, 0, new byte[] { 5, 0, 0, 9, 0, 0, 0, 0, 0, 0 })]
    [InlineData("", 0, 0, new byte[] { 5, 1 })]
    public async Task Proxy_Refuses_IsSaidSo(string user, byte method, byte authentication, byte[] answer)
    {
        using var proxy = new FakeSocks(method, authentication, answer);
        await using var fixture = await StartAsync(proxy, user);
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"http://outside.test:{fixture.Upstream.PlainPort}/", Deadline.Token);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("connect-failed", (await response.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
        Assert.Equal(0, fixture.Upstream.Connections);
    }

    [Theory]
    [InlineData(255, HttpStatusCode.OK)]
    [InlineData(256, HttpStatusCode.BadGateway)]
    public async Task UsersName_IsAsLongAsSocksKnows(int length, HttpStatusCode status)
    {
        using var proxy = new FakeSocks(2);
        await using var fixture = await StartAsync(proxy, new string('u', length) + "@");
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"http://outside.test:{fixture.Upstream.PlainPort}/", Deadline.Token);
        Assert.Equal(status, response.StatusCode);
    }
}
