using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Runs alone: memory is the whole process's, and many connections at once take the time of others.</summary>
[CollectionDefinition(nameof(TransferTests), DisableParallelization = true)]
public sealed class TransferCollection;

/// <summary>Bodies of any size pass through the same few buffers.</summary>
[Collection(nameof(TransferTests))]
public sealed class TransferTests
{
    private const long Length = 256L << 20;

    // Client, gateway and destination share this process, each with windows of HTTP/2 or socket pipes of up to a few MiB; a body that was kept anywhere would show.
    private const long MaxGrowth = 96L << 20;

    private const byte Ping = 6;

    public static TheoryData<int> Versions => [1, 2];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Download_IsComplete_InConstantMemory(int major)
    {
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            context.Response.ContentLength = Length;
            var chunk = new byte[1 << 20];
            for (var sent = 0L; sent < Length; sent += chunk.Length)
            {
                await context.Response.Body.WriteAsync(chunk);
            }
        });
        using var client = fixture.CreateClient(major == 2 ? HttpVersion.Version20 : HttpVersion.Version11);
        var memory = new MemoryWatch();
        using var response = await client.GetAsync(fixture.Https(), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(Length, await DrainAsync(body, memory));
        Assert.InRange(memory.Growth, long.MinValue, MaxGrowth);
        Assert.Equal(Length, (await fixture.Records.NextRequestEndAsync()).Outcome.ReceivedBytes);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Upload_IsComplete_InConstantMemory(int major)
    {
        var memory = new MemoryWatch();
        await using var fixture = await GatewayFixture.StartAsync(async context => await context.Response.WriteAsync((await DrainAsync(context.Request.Body, memory)).ToString()));
        using var client = fixture.CreateClient(major == 2 ? HttpVersion.Version20 : HttpVersion.Version11);
        using var response = await client.PostAsync(fixture.Https(), new ZeroContent(Length));
        Assert.Equal(Length.ToString(), await response.Content.ReadAsStringAsync());
        Assert.InRange(memory.Growth, long.MinValue, MaxGrowth);
        Assert.Equal(Length, (await fixture.Records.NextRequestEndAsync()).Outcome.SentBytes);
    }

    [Fact]
    public async Task DeniedUpload_HasItsAnswer_AndMaySendItsRest()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok", FakeDecider.DenyAll);
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, GatewayFixture.Host, System.Net.Security.SslApplicationProtocol.Http2);
        await tls.WriteAsync((byte[])[.. RawHttp2.Begin, .. RawHttp2.Post(1, "https", $"{GatewayFixture.Host}:{fixture.Upstream.TlsPort}", "/")], Deadline.Token);
        while (await RawHttp2.ReadFrameAsync(tls) is not (RawHttp2.Data, RawHttp2.EndStream))
        {
        }

        // What is sent now is acknowledged in the order of the frames: a reset would come first.
        byte[] rest = [.. RawHttp2.Frame(RawHttp2.Data, RawHttp2.EndStream, 1, new byte[1024]), .. RawHttp2.Frame(Ping, 0, 0, new byte[8])];
        await tls.WriteAsync(rest, Deadline.Token);
        byte type;
        do
        {
            (type, _) = await RawHttp2.ReadFrameAsync(tls);
            Assert.NotEqual(RawHttp2.Reset, type);
        }
        while (type != Ping);
    }

    [Fact]
    public async Task Splice_IsComplete_InConstantMemory()
    {
        using var upstream = new TcpUpstream(async stream =>
        {
            var chunk = new byte[1 << 20];
            await stream.ReadExactlyAsync(new byte[1]);
            for (var sent = 0L; sent < Length; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
            }
        });
        await using var fixture = await GatewayFixture.StartAsync("x");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        await stream.WriteAsync("*"u8.ToArray());
        var memory = new MemoryWatch();
        Assert.Equal(Length, await DrainAsync(stream, memory));
        Assert.InRange(memory.Growth, long.MinValue, MaxGrowth);
    }

    private static async Task<long> DrainAsync(Stream stream, MemoryWatch memory)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        var total = 0L;
        int length;
        while ((length = await stream.ReadAsync(buffer)) > 0)
        {
            if ((total >> 24) != ((total + length) >> 24))
            {
                memory.Look();
            }

            total += length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return total;
    }

    /// <summary>Live managed memory while bytes flow.</summary>
    private sealed class MemoryWatch
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private long _highest;

        public long Growth => _highest - _before;

        public void Look() => _highest = Math.Max(_highest, GC.GetTotalMemory(forceFullCollection: true));
    }

    private sealed class ZeroContent(long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var chunk = new byte[1 << 20];
            for (var sent = 0L; sent < length; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
