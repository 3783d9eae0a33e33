using System.Net;
using System.Net.WebSockets;
using Leash.Gateway.Decisions;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A new policy decides from the next request on, and ends what it denies.</summary>
public sealed class ReloadTests
{
    private static readonly FakeDecider OnlyGet = new()
    {
        Request = facts => facts.Path == "/kept" ? GatewayVerdict.Allow() : GatewayVerdict.Deny("no", null, ["newer"]),
        Connection = _ => GatewayVerdict.Deny("no", null, []),
    };

    [Fact]
    public async Task NextRequest_OnTheSameConnection_IsDecidedByTheNewPolicy()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        using var client = fixture.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(fixture.Https("/a"), Deadline.Token)).StatusCode);
        fixture.Gateway.Exchange(OnlyGet);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(fixture.Https("/a"), Deadline.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(fixture.Https("/kept"), Deadline.Token)).StatusCode);
        fixture.Gateway.Exchange(new FakeDecider());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(fixture.Https("/a"), Deadline.Token)).StatusCode);
    }

    [Theory]
    [InlineData("/a", 1, false)]
    [InlineData("/kept", 1, true)]
    [InlineData("/a", 2, false)]
    [InlineData("/kept", 2, true)]
    public async Task Stream_GoesOnOnlyIfTheNewPolicyAllowsIt(string path, int major, bool goesOn)
    {
        var go = new TaskCompletionSource();
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            await context.Response.WriteAsync("1");
            await context.Response.Body.FlushAsync();
            await go.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("2");
        });
        using var client = fixture.CreateClient(major == 2 ? HttpVersion.Version20 : HttpVersion.Version11);
        using var response = await client.GetAsync(fixture.Https(path), HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1], Deadline.Token);
        fixture.Gateway.Exchange(OnlyGet);
        if (goesOn)
        {
            go.SetResult();
            await body.ReadExactlyAsync(new byte[1], Deadline.Token);
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], Deadline.Token));
        }

        Assert.Equal(goesOn ? null : GatewayRefusal.RevokedByPolicy, (await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
    }

    [Theory]
    [InlineData("/a", false)]
    [InlineData("/kept", true)]
    public async Task WebSocket_GoesOnOnlyIfTheNewPolicyAllowsIt(string path, bool goesOn)
    {
        await using var fixture = await GatewayFixture.StartAsync(WebSocketEcho.ServeAsync);
        using var handler = fixture.CreateHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(fixture.Https(path).ToString().Replace("https", "wss", StringComparison.Ordinal)), invoker, Deadline.Token);
        Assert.Equal("one", await WebSocketEcho.AskAsync(socket, "one"));
        fixture.Gateway.Exchange(OnlyGet);
        if (goesOn)
        {
            Assert.Equal("two", await WebSocketEcho.AskAsync(socket, "two"));
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => WebSocketEcho.AskAsync(socket, "two"));
            Assert.Equal(GatewayRefusal.RevokedByPolicy, (await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Splice_GoesOnOnlyIfTheNewPolicyAllowsIt(bool goesOn)
    {
        using var upstream = new TcpUpstream(async stream => await stream.CopyToAsync(stream));
        await using var fixture = await GatewayFixture.StartAsync("x");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        await stream.WriteAsync("*1!"u8.ToArray());
        Assert.Equal("*1!", await RawHttp.ReadUntilAsync(stream, "!"));
        fixture.Gateway.Exchange(goesOn ? new FakeDecider() : OnlyGet);
        if (goesOn)
        {
            await stream.WriteAsync("*2!"u8.ToArray());
            Assert.Equal("*2!", await RawHttp.ReadUntilAsync(stream, "!"));
        }
        else
        {
            Assert.Equal("", await RawHttp.ReadToEndAsync(stream));
            Assert.Equal(GatewayRefusal.RevokedByPolicy, (await fixture.Records.NextConnectionEndAsync()).Outcome.Refusal);
        }
    }
}
