using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

public sealed class DnsServerTests
{
    private readonly NameTable _names = new(TimeProvider.System);

    private DnsServer Start(string[] permitted, params IPEndPoint[] servers) => DnsServer.Start(
        new DnsServerOptions(new FakePolicy(permitted), new FakeLog(), _names, HostsFile.Parse("10.1.1.1 box\n"), servers, TimeProvider.System)
        {
            Timeout = TimeSpan.FromMilliseconds(300),
            TryWellKnownPort = false,
        });

    private static byte[] AskUdp(IPEndPoint server, byte[] query)
    {
        using var client = new UdpClient(server.AddressFamily);
        client.Client.ReceiveTimeout = 10_000;
        client.Connect(server);
        client.Send(query);
        IPEndPoint? from = null;
        return client.Receive(ref from);
    }

    private static byte[] AskTcp(IPEndPoint server, byte[] query)
    {
        using var client = new TcpClient();
        client.Connect(server);
        var stream = client.GetStream();
        stream.Write(new Wire().U16(query.Length).Raw(query).ToArray());
        var header = new byte[2];
        stream.ReadExactly(header);
        var reply = new byte[(header[0] << 8) | header[1]];
        stream.ReadExactly(reply);
        return reply;
    }

    private static byte[] Answer(byte[] query, string address, int flags = 0x8180)
    {
        var q = DnsMessage.Parse(query)!;
        return Wire.Header(q.Id, flags, 1, 1).Raw(query[12..(12 + q.Questions[0].Name.Wire.Length + 4)]).Pointer(12).U16(1).U16(1).U32(30).U16(4).Raw(IPAddress.Parse(address).GetAddressBytes()).ToArray();
    }

    [Fact]
    public void Query_OverUdpAndTcp_IsResolvedUpstream()
    {
        using var upstream = new FakeServer((query, _) => [Answer(query, "203.0.113.5")]);
        using var server = Start(["a.example"], upstream.EndPoint);
        Assert.Equal(1, Wire.AnswerCount(AskUdp(server.EndPoint, Wire.Query("a.example", 1))));
        Assert.Equal(1, Wire.AnswerCount(AskTcp(server.EndPoint, Wire.Query("a.example", 1))));
        if (server.EndPointV6 is { } v6)
        {
            Assert.Equal(1, Wire.AnswerCount(AskUdp(v6, Wire.Query("a.example", 1))));
        }

        Assert.Equal(["a.example"], _names.NamesFor(IPAddress.Parse("203.0.113.5")));
        Assert.Equal(["box"], _names.NamesFor(IPAddress.Parse("10.1.1.1")));
        Assert.Equal(upstream.Ports.Count, upstream.Ports.Distinct().Count());
    }

    [Fact]
    public void Query_ClientOptions_AreStripped()
    {
        using var upstream = new FakeServer((query, _) => [Answer(query, "203.0.113.5")]);
        using var server = Start(["a.example"], upstream.EndPoint);
        // An EDNS cookie and a client subnet: both could carry data out.
        AskUdp(server.EndPoint, Wire.Query("a.example", 1, edns: true, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 8, 0, 4, 0, 1, 0, 0]));
        Assert.True(upstream.Queries.TryDequeue(out var sent));
        Assert.Empty(DnsMessage.Parse(sent)!.Additionals.Single().Data);
    }

    [Fact]
    public void Response_ThatDoesNotMatch_IsIgnored()
    {
        using var upstream = new FakeServer((query, _) =>
        {
            var wrongId = Answer(query, "203.0.113.66");
            wrongId[0] ^= 0x55;
            var otherQuestion = Answer(query, "203.0.113.66");
            otherQuestion[13] ^= 1;
            var notAResponse = Answer(query, "203.0.113.66", flags: 0x0180);
            return [wrongId, otherQuestion, notAResponse, [1, 2, 3], Answer(query, "203.0.113.5")];
        });
        using var server = Start(["a.example"], upstream.EndPoint);
        var reply = DnsMessage.Parse(AskUdp(server.EndPoint, Wire.Query("a.example", 1)))!;
        Assert.Equal("203.0.113.5", reply.Answers.Single().Address.ToString());
    }

    [Fact]
    public void Response_Truncated_IsFetchedOverTcp()
    {
        using var upstream = new FakeServer((query, tcp) => [tcp ? Answer(query, "203.0.113.5") : Answer(query, "203.0.113.66", flags: 0x8380)]);
        using var server = Start(["a.example"], upstream.EndPoint);
        var reply = DnsMessage.Parse(AskUdp(server.EndPoint, Wire.Query("a.example", 1)))!;
        Assert.Equal("203.0.113.5", reply.Answers.Single().Address.ToString());
    }

    [Fact]
    public void Upstream_WithoutEdns_IsAskedAgainWithoutIt()
    {
        using var upstream = new FakeServer((query, _) =>
        {
            var parsed = DnsMessage.Parse(query)!;
            return [parsed.Additionals.IsEmpty ? Answer(query, "203.0.113.5") : Wire.Header(parsed.Id, 0x8181, 0).ToArray()];
        });
        using var server = Start(["a.example"], upstream.EndPoint);
        Assert.Equal(1, Wire.AnswerCount(AskUdp(server.EndPoint, Wire.Query("a.example", 1))));
    }

    [Fact]
    public void Upstream_SilentOrBroken_FallsToTheNextAndThenFails()
    {
        using var silent = new FakeServer((_, _) => []);
        using var failing = new FakeServer((query, _) => [Answer(query, "203.0.113.66", flags: 0x8182)]);
        using var good = new FakeServer((query, _) => [Answer(query, "203.0.113.5")]);
        using var server = Start(["a.example"], silent.EndPoint, failing.EndPoint, good.EndPoint);
        var reply = DnsMessage.Parse(AskUdp(server.EndPoint, Wire.Query("a.example", 1)))!;
        Assert.Equal("203.0.113.5", reply.Answers.Single().Address.ToString());

        using var broken = Start(["a.example"], silent.EndPoint, failing.EndPoint);
        Assert.Equal(2, Wire.Rcode(AskUdp(broken.EndPoint, Wire.Query("a.example", 1))));
    }

    [Fact]
    public void Denied_Name_IsAnsweredAtOnceWithoutUpstream()
    {
        using var upstream = new FakeServer((query, _) => [Answer(query, "203.0.113.5")]);
        using var server = Start(["a.example"], upstream.EndPoint);
        var clock = Stopwatch.StartNew();
        Assert.Equal(3, Wire.Rcode(AskUdp(server.EndPoint, Wire.Query("data.evil.example", 1))));
        Assert.Empty(upstream.Queries);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Garbage_OnBothTransports_LeavesTheServerAnswering()
    {
        using var server = Start([]);
        using (var udp = new UdpClient())
        {
            udp.Connect(server.EndPoint);
            var random = new Random(5);
            for (var i = 0; i < 500; i++)
            {
                // A flood overflows the receive buffer and the question below would be lost: a few at a time.
                if (i % 50 == 49)
                {
                    AskUdp(server.EndPoint, Wire.Query("localhost", 1));
                }

                var bytes = new byte[random.Next(0, 600)];
                random.NextBytes(bytes);
                udp.Send(bytes);
            }
        }

        using (var tcp = new TcpClient())
        {
            tcp.Connect(server.EndPoint);
            tcp.GetStream().Write([0xFF, 0xFF, 1, 2, 3]);
        }

        Assert.Equal(1, Wire.AnswerCount(AskUdp(server.EndPoint, Wire.Query("localhost", 1))));
        Assert.Equal(1, Wire.AnswerCount(AskTcp(server.EndPoint, Wire.Query("localhost", 1))));
    }
}
