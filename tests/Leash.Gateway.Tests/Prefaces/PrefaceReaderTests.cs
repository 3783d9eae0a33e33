using System.Buffers;
using System.Text;
using Leash.Gateway.Prefaces;
using Leash.Gateway.Records;

namespace Leash.Gateway.Tests.Prefaces;

public sealed class PrefaceReaderTests
{
    private static Preface Read(string text) => Read(Encoding.Latin1.GetBytes(text));

    private static Preface Read(byte[] bytes) => PrefaceReader.Read(new ReadOnlySequence<byte>(bytes));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", PrefaceKind.Http1)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", PrefaceKind.Http1)]
    [InlineData("VERSION-CONTROL /x HTTP/1.1\r\n", PrefaceKind.Http1)]
    [InlineData("GET http://a/ HTTP/1.1\r\n", PrefaceKind.Http1)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PrefaceKind.Http2)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", PrefaceKind.Incomplete)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", PrefaceKind.Refused)]
    [InlineData("P", PrefaceKind.Incomplete)]
    [InlineData("POST", PrefaceKind.Incomplete)]
    [InlineData("GET /very/long", PrefaceKind.Incomplete)]
    [InlineData("GET / HTTP/1.1\n", PrefaceKind.Refused)]
    [InlineData("GET / HTTP/1.1 \r\n", PrefaceKind.Refused)]
    [InlineData("GET  / HTTP/1.1\r\n", PrefaceKind.Refused)]
    [InlineData("GET\t/ HTTP/1.1\r\n", PrefaceKind.Refused)]
    [InlineData("GET / http/1.1\r\n", PrefaceKind.Refused)]
    [InlineData("GET / HTTP/1.2\r\n", PrefaceKind.Refused)]
    [InlineData("GET /\u00E4 HTTP/1.1\r\n", PrefaceKind.Refused)]
    [InlineData("GET /\u0001 HTTP/1.1\r\n", PrefaceKind.Refused)]
    [InlineData("GET /\r\n", PrefaceKind.Refused)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", PrefaceKind.Opaque)]
    [InlineData("EHLO me\r\n", PrefaceKind.Opaque)]
    [InlineData("*1\r\n$4\r\nPING\r\n", PrefaceKind.Opaque)]
    [InlineData("\r\nGET / HTTP/1.1\r\n", PrefaceKind.Opaque)]
    [InlineData("\0\0\0\b\u0004\u00D2\u0016/", PrefaceKind.Opaque)]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijk", PrefaceKind.Opaque)]
    [InlineData("Q \0", PrefaceKind.Incomplete)]
    public void Beginning_IsRecognised(string text, PrefaceKind kind) => Assert.Equal(kind, Read(text).Kind);

    [Theory]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", "a.test", 443)]
    [InlineData("CONNECT [2001:DB8::1]:8443 HTTP/1.1\r\n\r\n", "2001:db8::1", 8443)]
    [InlineData("CONNECT A.TEST:1 HTTP/1.0\r\n\r\nbytes of the tunnel", "a.test", 1)]
    public void Connect_IsRead(string text, string host, int port)
    {
        var preface = Read(text);
        Assert.Equal((PrefaceKind.Connect, host, port), (preface.Kind, preface.Target.Host, preface.Target.Port));
        Assert.Equal(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4, preface.Length);
    }

    [Theory]
    [InlineData("CONNECT a.test HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:0 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:65536 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:+443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test.:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT u@a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT http://a.test:443 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nA: b\r\n c\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nA: b\nC: d\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nA : b\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nno colon\r\n\r\n")]
    public void Connect_Ambiguous_IsRefused(string text) => Assert.Equal(GatewayRefusal.MalformedConnect, Read(text).Refusal);

    [Fact]
    public void TooLong_IsRefused()
    {
        Assert.Equal(GatewayRefusal.MalformedRequestLine, Read("GET /" + new string('a', PrefaceReader.MaxLength)).Refusal);
        Assert.Equal(GatewayRefusal.MalformedConnect, Read("CONNECT a.test:443 HTTP/1.1\r\nA: " + new string('a', 20_000)).Refusal);
    }

    [Fact]
    public void Segments_AreReadAsOne()
    {
        var first = new Segment("CONNECT a.te"u8.ToArray(), null);
        var last = new Segment("st:443 HTTP/1.1\r\n\r\n"u8.ToArray(), first);
        Assert.Equal("a.test", PrefaceReader.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)).Target.Host);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void RandomBytes_AreDecidedAtTheLatestAtTheLimit(int seed)
    {
        var random = new Random(seed);
        string[] beginnings = ["GET /", "CONNECT a:1 HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "\u0016\u0003\u0001", "\u0016\u0003\u0001\u0001\0\u0001\0\0\u00FC\u0003\u0003", ""];
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            byte[] all = [.. Encoding.Latin1.GetBytes(beginnings[i % beginnings.Length]), .. bytes];
            var preface = Read(all);
            Assert.Equal(preface.Kind == PrefaceKind.Refused, preface.Refusal is not null);
            // What was decided stays decided with more bytes, so that cutting elsewhere cannot change it.
            if (preface.Kind != PrefaceKind.Incomplete && preface.Kind != PrefaceKind.Tls)
            {
                Assert.Equal(preface.Kind, Read([.. all, 65, 13, 10]).Kind);
            }
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                RunningIndex = before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
