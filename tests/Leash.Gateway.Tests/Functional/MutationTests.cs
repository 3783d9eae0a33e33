using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Leash.Gateway.Prefaces;
using Leash.Gateway.Tests.Prefaces;

namespace Leash.Gateway.Tests.Functional;

/// <summary>What clients could send, changed at random: the same in each run, because the seed is.</summary>
[Collection(nameof(TransferTests))]
public sealed class MutationTests
{
    private const int Seed = 20_26;
    private const int Read = 60_000;
    private const int Sent = 2_000;
    private const int AtOnce = 16;

    private static readonly byte[][] Corpus =
    [
        Hello.Of(Hello.ServerName("site.test"), Hello.Alpn("h2", "http/1.1")),
        Hello.Records(Hello.Message(Hello.Body(Hello.ServerName("site.test"))), 7),
        Encoding.ASCII.GetBytes("GET /a/b?c=d HTTP/1.1\r\nHost: site.test\r\nAccept: */*\r\n\r\n"),
        Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: site.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"),
        Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: site.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"),
        Encoding.ASCII.GetBytes("GET http://site.test/ HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        Encoding.ASCII.GetBytes("CONNECT site.test:443 HTTP/1.1\r\nHost: site.test:443\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        [.. RawHttp2.Begin, .. RawHttp2.Get(1, "http", "site.test", "/")],
    ];

    [Fact]
    public void Reader_NeverThrows_AndMoreBytesDoNotChangeItsMind()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Read; i++)
        {
            var bytes = Mutate(random);
            var preface = PrefaceReader.Read(new ReadOnlySequence<byte>(bytes));
            if (preface.Kind != PrefaceKind.Incomplete)
            {
                Assert.Equal(preface.Kind, PrefaceReader.Read(new ReadOnlySequence<byte>([.. bytes, .. Corpus[i % Corpus.Length]])).Kind);
            }
        }
    }

    [Fact]
    public async Task Gateway_EndsEveryConnection_AndNothingReachesTheDestination()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok", FakeDecider.DenyAll);
        var random = new Random(Seed);
        var mutations = Enumerable.Range(0, Sent).Select(_ => Mutate(random)).ToArray();
        await Parallel.ForEachAsync(mutations, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (bytes, _) =>
        {
            await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
            try
            {
                await stream.WriteAsync(bytes, Deadline.Token);
                stream.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Refused before it was sent.
            }

            await RawHttp.ReadToEndAsync(stream);
        });

        Assert.Equal(0, fixture.Upstream.Connections);
        Assert.All(fixture.Records.Requests, record => Assert.NotNull(record.Refusal));
        Assert.All(fixture.Records.Connections, record => Assert.NotNull(record.Refusal));
        fixture.Gateway.Exchange(new FakeDecider());
        using var client = fixture.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync(fixture.Https()));
    }

    private static byte[] Mutate(Random random)
    {
        var bytes = Corpus[random.Next(Corpus.Length)].ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, " \t\r\n\0:,/%."u8[random.Next(10)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 17), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }
}
