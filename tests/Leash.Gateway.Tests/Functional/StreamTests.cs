using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Exchanges that last: nothing is collected before it is passed on, and ends are passed on both ways.</summary>
public sealed class StreamTests
{
    public static TheoryData<int> Versions => [1, 2];

    private static Version Of(int major) => major == 2 ? HttpVersion.Version20 : HttpVersion.Version11;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ServerSentEvents_ArriveAsTheyAreSent(int major)
    {
        var next = new SemaphoreSlim(0);
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await next.WaitAsync(Deadline.Token);
            }
        });
        using var client = fixture.CreateClient(Of(major));
        using var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync(Deadline.Token));
            Assert.Equal("", await reader.ReadLineAsync(Deadline.Token));
            next.Release();
        }

        Assert.Null(await reader.ReadLineAsync(Deadline.Token));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Headers_ArriveBeforeTheFirstByteOfTheBody(int major)
    {
        var go = new TaskCompletionSource();
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.WriteAsync("late");
        });
        using var client = fixture.CreateClient(Of(major));
        using var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        go.SetResult();
        Assert.Equal("late", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Grpc_TrailersAndBothDirectionsAtOnce()
    {
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            Assert.Equal("trailers", context.Request.Headers.TE);
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.FlushAsync();
            var buffer = new byte[64];
            int length;
            while ((length = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, length));
                await context.Response.Body.FlushAsync();
            }

            context.Response.AppendTrailer("grpc-status", "0");
        });
        using var client = fixture.CreateClient(HttpVersion.Version20);
        var content = new DuplexContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Https("/pkg.Service/Method")) { Version = HttpVersion.Version20, Content = content };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];
        foreach (var message in (string[])["one", "two", "three"])
        {
            await content.WriteAsync(Encoding.ASCII.GetBytes(message));
            Assert.Equal(message, Encoding.ASCII.GetString(buffer, 0, await body.ReadAtLeastAsync(buffer, message.Length, false, Deadline.Token)));
        }

        content.Complete();
        Assert.Equal(0, await body.ReadAsync(buffer, Deadline.Token));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("https", 1)]
    [InlineData("http", 1)]
    [InlineData("https", 2)]
    public async Task WebSocket_EchoesAndCloses(string scheme, int major)
    {
        await using var fixture = await GatewayFixture.StartAsync(WebSocketEcho.ServeAsync);
        using var handler = fixture.CreateHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Of(major);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var url = (scheme == "https" ? fixture.Https("/chat") : fixture.Http("/chat")).ToString().Replace("http", "ws", StringComparison.Ordinal);
        await socket.ConnectAsync(new Uri(url), invoker, Deadline.Token);
        Assert.Equal("hello", await WebSocketEcho.AskAsync(socket, "hello"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Deadline.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        var (record, outcome) = await fixture.Records.NextRequestEndAsync();
        Assert.Equal((major == 2 ? "CONNECT" : "GET", "/chat", (GatewayRefusal?)null), (record.Method, record.Path, outcome.Refusal));
        Assert.True(outcome is { SentBytes: > 5, ReceivedBytes: > 5 });
    }

    [Fact]
    public async Task Upgrade_ToSomeProtocol_IsATunnel()
    {
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            context.Response.Headers.Upgrade = "echo";
            await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await stream.CopyToAsync(stream);
        });
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 101", await RawHttp.ReadUntilAsync(tls, "\r\n\r\n"), StringComparison.Ordinal);
        await tls.WriteAsync("ping!"u8.ToArray());
        Assert.Equal("ping!", await RawHttp.ReadUntilAsync(tls, "!"));
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("HTTP/2.0")]
    [InlineData("TLS/1.0")]
    [InlineData("websocket, h2c")]
    public async Task Upgrade_ToAProtocolWithRequestsInside_IsNotPassedOn(string protocol)
    {
        await using var fixture = await GatewayFixture.StartAsync(context =>
            context.Response.WriteAsync($"{context.Request.Headers.Upgrade.Count} {context.Request.Headers["HTTP2-Settings"].Count}!"));
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        var request = $"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.PlainPort}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.ReadUntilAsync(stream, "\r\n\r\n"), StringComparison.Ordinal);
        Assert.EndsWith("0 0!", await RawHttp.ReadUntilAsync(stream, "!"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(417)]
    public async Task ExpectContinue_TheDestinationDecidesBeforeTheBody(int status)
    {
        // Shorter bodies are sent whatever the answer is: that is what .NET's client does to keep its connection.
        const int Length = 4096;
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            Assert.Equal("100-continue", context.Request.Headers.Expect);
            context.Response.StatusCode = status;
            if (status == 200)
            {
                await context.Request.Body.CopyToAsync(context.Response.Body);
            }
        });
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nExpect: 100-continue\r\nContent-Length: {Length}\r\n\r\n"));
        var first = await RawHttp.ReadUntilAsync(tls, "\r\n\r\n");
        if (status == 200)
        {
            Assert.StartsWith("HTTP/1.1 100 Continue", first, StringComparison.Ordinal);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(new string('b', Length - 1) + "!"));
            first = await RawHttp.ReadUntilAsync(tls, "b!");
        }

        Assert.Equal(status, RawHttp.Status(first));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ClientAborts_TheDestinationHearsOfIt(int major)
    {
        var aborted = new TaskCompletionSource();
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var client = fixture.CreateClient(Of(major));
        using (var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead, Deadline.Token))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[5], Deadline.Token);
        }

        await aborted.Task.WaitAsync(Deadline.Token);
        Assert.Null((await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task DestinationAborts_TheClientHearsOfIt(int major)
    {
        var hasRead = new TaskCompletionSource();
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await hasRead.Task;
            context.Abort();
        });
        using var client = fixture.CreateClient(Of(major));
        using var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[5], Deadline.Token);
        hasRead.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], Deadline.Token));
        Assert.Equal(GatewayRefusal.DestinationFailed, (await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")]
    public async Task InformationalAnswers_AreLeftOut_AndTheAnswerIsNot(string informational)
    {
        using var upstream = new TcpUpstream(async stream =>
        {
            await RawHttp.ReadUntilAsync(stream, "\r\n\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(informational + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Final: 1\r\n\r\nok"), Deadline.Token);
        });
        await using var fixture = await GatewayFixture.StartAsync("not asked");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        var response = await RawHttp.ExchangeAsync(stream, $"GET / HTTP/1.1\r\nHost: site.test:{upstream.Port}\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, RawHttp.Status(response));
        Assert.Contains("X-Final: 1", response, StringComparison.Ordinal);
        Assert.DoesNotContain("Link", response, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nok", response, StringComparison.Ordinal);
    }

    // What a server that merges trailers would take for headers, or for the end of the request.
    [Theory]
    [InlineData("", "")]
    [InlineData("", "X-Sum: 1\r\n")]
    [InlineData("Trailer: X-Sum, Host\r\n", "X-Sum: 1\r\nHost: other.test\r\nContent-Length: 99\r\nTransfer-Encoding: gzip\r\nAuthorization: x\r\n")]
    public async Task TrailersOfRequests_StayHere(string header, string trailers)
    {
        var arrived = new TaskCompletionSource<string>();
        using var upstream = new TcpUpstream(async stream =>
        {
            var request = await RawHttp.ReadUntilAsync(stream, "\r\n0\r\n");
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Deadline.Token);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            arrived.TrySetResult(request + await RawHttp.ReadToEndAsync(stream));
        });
        await using var fixture = await GatewayFixture.StartAsync("not asked");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        var head = $"POST / HTTP/1.1\r\nHost: site.test:{upstream.Port}\r\nTransfer-Encoding: chunked\r\n";
        var response = await RawHttp.ExchangeAsync(stream, $"{head}{header}Connection: close\r\n\r\n2\r\nab\r\n0\r\n{trailers}\r\n");
        Assert.Equal(200, RawHttp.Status(response));
        Assert.Equal(head + "\r\n2\r\nab\r\n0\r\n\r\n", await arrived.Task.WaitAsync(Deadline.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrailersOfRequests_OverHttp2_StayHere(bool hasTrailers)
    {
        const byte Data = 0;
        const byte EndStream = 1;
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            seen = string.Join(',', context.Request.Headers.Keys.Order(StringComparer.Ordinal)) + "|" + string.Join(',', context.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers.Keys);
        });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainHttp2Port);
        byte[] frames =
        [
            .. RawHttp2.Begin, .. RawHttp2.Post(1, "http", $"site.test:{fixture.Upstream.PlainHttp2Port}", "/", ("trailer", "x-sum")),
            .. RawHttp2.Frame(Data, hasTrailers ? (byte)0 : EndStream, 1, "ab"u8.ToArray()),
            .. hasTrailers ? RawHttp2.Request(1, ("x-sum", "1"), ("authorization", "x")) : [], .. RawHttp2.End,
        ];
        Assert.Equal(1, RawHttp2.CountOk(await RawHttp.ExchangeAsync(stream, Encoding.Latin1.GetString(frames))));
        Assert.Equal("Host|", seen);
    }

    [Theory]
    [InlineData("2;x=y\r\nab\r\n0\r\n\r\n", 200, null)]
    [InlineData("x\r\nab\r\n0\r\n\r\n", 400, GatewayRefusal.MalformedRequest)]
    [InlineData("2;\nxx\r\n45\r\n0\r\n\r\n", 400, GatewayRefusal.MalformedRequest)]
    [InlineData("2\r\nabc\r\n0\r\n\r\n", 400, GatewayRefusal.MalformedRequest)]
    [InlineData("-2\r\nab\r\n0\r\n\r\n", 400, GatewayRefusal.MalformedRequest)]
    [InlineData("2\r\nab\r\n0\r\nX : y\r\n\r\n", 400, GatewayRefusal.MalformedRequest)]
    public async Task Chunks_ThatAreNone_BreakTheRequestOff_AndAreInItsOutcome(string content, int status, GatewayRefusal? refusal)
    {
        await using var fixture = await GatewayFixture.StartAsync(context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        var host = $"Host: site.test:{fixture.Upstream.PlainPort}\r\n";
        var response = await RawHttp.ExchangeAsync(
            stream, $"POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n{content}GET /next HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
        Assert.Equal(status, RawHttp.Status(response));
        Assert.Equal(refusal, (await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
        // What follows is no request unless it is clear where the one before it ends.
        Assert.Equal([("/", null), (refusal is null ? "/next" : "", refusal)], fixture.Records.Requests.Select(record => (record.Path, record.Refusal)));
    }
}
