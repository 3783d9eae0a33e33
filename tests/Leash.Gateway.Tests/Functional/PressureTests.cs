using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Many at once, and those that take their time.</summary>
[Collection(nameof(TransferTests))]
public sealed class PressureTests
{
    // Longer than Kestrel's grace for data rates (5 s) would be if it had limits here.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    // For all of them together, on a machine that has more to do.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Connections_InParallel_AreAllServed()
    {
        await using var fixture = await GatewayFixture.StartAsync(context => context.Response.WriteAsync(context.Request.Path));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var client = fixture.CreateClient();
            using var answer = await client.GetAsync(fixture.Https($"/{i}"));
            Assert.Equal($"/{i}", await answer.Content.ReadAsStringAsync()); // else the problem, in words
        })).WaitAsync(s_patience);
    }

    [Fact]
    public async Task ThousandRequestsAtOnce_AllAreAnswered()
    {
        const int Count = 1_000;
        using var arrived = new CountdownEvent(Count);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            if (arrived.Signal())
            {
                all.SetResult();
            }

            await all.Task;
            context.Response.Headers.Connection = "close";
            await context.Response.WriteAsync(context.Request.Path.Value!);
        });
        var responses = await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /{i}! HTTP/1.1\r\nHost: site.test:{fixture.Upstream.PlainPort}\r\n\r\n"));
            await RawHttp.ReadUntilAsync(stream, "\r\n\r\n");
            return await RawHttp.ReadUntilAsync(stream, "!");
        })).WaitAsync(s_patience);
        for (var i = 0; i < Count; i++)
        {
            Assert.Contains($"/{i}!", responses[i], StringComparison.Ordinal);
        }

        await Polling.UntilAsync(() => fixture.Gateway.OpenFlows == 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SilentStream_IsNotCut(int major)
    {
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Silence);
            await context.Response.WriteAsync("data: 2\n\n");
        });
        using var client = fixture.CreateClient(major == 2 ? HttpVersion.Version20 : HttpVersion.Version11);
        using var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead, Deadline.Token);
        Assert.Equal("data: 1\n\ndata: 2\n\n", await response.Content.ReadAsStringAsync(Deadline.Token));
        Assert.Null((await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
    }

    [Fact]
    public async Task HeadersThatTrickle_EndInTime()
    {
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, (options, upstream) => GatewayFixture.Patient(options, upstream) with { HandshakeLimit = TimeSpan.FromSeconds(1) });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.PlainPort}\r\n"));
        var response = await TrickleAsync(stream, "X-Slow: y\r\n"u8.ToArray());
        Assert.Equal(408, RawHttp.Status(response));
        Assert.Equal(GatewayRefusal.MalformedRequest, (await fixture.Records.NextRefusalAsync()).Refusal);
        Assert.Equal(0, fixture.Upstream.Connections);
    }

    [Fact]
    public async Task HandshakeThatStops_EndsInTime()
    {
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, (options, _) => options with { HandshakeLimit = TimeSpan.FromSeconds(1) });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.TlsPort);
        await stream.WriteAsync(Prefaces.Hello.Of(Prefaces.Hello.ServerName(GatewayFixture.Host)), Deadline.Token);
        // Whatever TLS answers, it ends.
        await RawHttp.ReadToEndAsync(stream);
    }

    private static async Task<string> TrickleAsync(NetworkStream stream, byte[] piece)
    {
        var reading = RawHttp.ReadToEndAsync(stream);
        try
        {
            while (await Task.WhenAny(reading, Task.Delay(50)) != reading)
            {
                await stream.WriteAsync(piece, Deadline.Token);
            }
        }
        catch (IOException)
        {
            // It has ended.
        }

        return await reading;
    }
}
