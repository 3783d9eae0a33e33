using System.Buffers;
using System.Net.Security;
using Leash.Gateway.Prefaces;
using Leash.Gateway.Records;

namespace Leash.Gateway.Tests.Prefaces;

public sealed class ClientHelloTests
{
    private static Preface Read(byte[] bytes) => PrefaceReader.Read(new ReadOnlySequence<byte>(bytes));

    public static TheoryData<string, byte[], string?, string> Accepted => new()
    {
        { "name", Hello.Of(Hello.ServerName("site.test")), "site.test", "" },
        { "name in capitals", Hello.Of(Hello.ServerName("SITE.Test")), "site.test", "" },
        { "international name", Hello.Of(Hello.ServerName("xn--mnchen-3ya.test")), "xn--mnchen-3ya.test", "" },
        { "plain address", Hello.Of(Hello.ServerName("192.0.2.1")), "192.0.2.1", "" },
        { "no name", Hello.Of(Hello.Alpn("h2", "http/1.1")), null, "h2,http/1.1" },
        { "no extensions", Hello.Records(Hello.Message(Hello.Body()[..^2])), null, "" },
        { "unknown extensions", Hello.Of(Hello.Extension(0x2A2A, [1, 2]), Hello.ServerName("site.test")), "site.test", "" },
        { "eight records", Hello.Records(Hello.Message(Hello.Body(Hello.ServerName("site.test"))), 10), "site.test", "" },
        { "longest name", Hello.Of(Hello.ServerName(string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".ab")), string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".ab", "" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void WellFormed_IsRead(string label, byte[] bytes, string? name, string protocols)
    {
        Assert.NotEmpty(label);
        var preface = Read(bytes);
        Assert.Equal(PrefaceKind.Tls, preface.Kind);
        Assert.Equal((name, protocols, false), (preface.Hello!.ServerName, string.Join(',', preface.Hello.Protocols), preface.Hello.HasEncryptedHello));
    }

    public static TheoryData<string, byte[], GatewayRefusal> Rejected => new()
    {
        { "trailing dot", Hello.Of(Hello.ServerName("site.test.")), GatewayRefusal.InvalidServerName },
        { "NUL", Hello.Of(Hello.ServerName("site.test\0.other.test")), GatewayRefusal.InvalidServerName },
        { "space", Hello.Of(Hello.ServerName("site test")), GatewayRefusal.InvalidServerName },
        { "bytes above 127", Hello.Of(Hello.ServerName("müller.test")), GatewayRefusal.InvalidServerName },
        { "wildcard", Hello.Of(Hello.ServerName("*.test")), GatewayRefusal.InvalidServerName },
        { "empty", Hello.Of(Hello.ServerName("")), GatewayRefusal.InvalidServerName },
        { "too long", Hello.Of(Hello.ServerName(string.Join('.', Enumerable.Repeat("abcdefg", 40)))), GatewayRefusal.InvalidServerName },
        { "address in another form", Hello.Of(Hello.ServerName("0300.0.2.1")), GatewayRefusal.InvalidServerName },
        { "port", Hello.Of(Hello.ServerName("site.test:443")), GatewayRefusal.InvalidServerName },
        { "two names", Hello.Of(Hello.Extension(0, Hello.Vector16([0, 0, 1, 97, 0, 0, 1, 98]))), GatewayRefusal.InvalidServerName },
        { "another kind of name", Hello.Of(Hello.Extension(0, Hello.Vector16([1, 0, 1, 97]))), GatewayRefusal.InvalidServerName },
        { "two name extensions", Hello.Of(Hello.ServerName("a.test"), Hello.ServerName("b.test")), GatewayRefusal.MalformedClientHello },
        { "inner hello", Hello.Of(Hello.Extension(0xFE0D, [1])), GatewayRefusal.EncryptedClientHello },
        { "empty protocol", Hello.Of(Hello.Alpn("h2", "")), GatewayRefusal.MalformedClientHello },
        { "list that is too short", Hello.Of(Hello.Extension(0, [0, 9, 0, 0, 1, 97])), GatewayRefusal.MalformedClientHello },
        { "bytes after the extensions", Hello.Records(Hello.Message([.. Hello.Body(), 0])), GatewayRefusal.MalformedClientHello },
        { "bytes after the hello", Hello.Records([.. Hello.Message(Hello.Body()), 0]), GatewayRefusal.MalformedClientHello },
        { "another message", Hello.Records([2, 0, 0, 0]), GatewayRefusal.MalformedClientHello },
        { "empty record", [22, 3, 1, 0, 0], GatewayRefusal.MalformedClientHello },
        { "oversized record", [22, 3, 1, 0x40, 0x01], GatewayRefusal.MalformedClientHello },
        { "oversized hello", [22, 3, 1, 0x40, 0x00, 1, 1, 0, 0], GatewayRefusal.MalformedClientHello },
        { "another version", [22, 2, 0, 0, 5], GatewayRefusal.MalformedClientHello },
        { "another record in between", [.. Hello.Records(Hello.Message(Hello.Body()))[..20].Select((b, i) => i == 4 ? (byte)15 : b), 21, 3, 1, 0, 2, 1, 0], GatewayRefusal.MalformedClientHello },
        { "hundreds of records", Hello.Records(Hello.Message(Hello.Body(Hello.Alpn("http/1.1"))), 1), GatewayRefusal.MalformedClientHello },
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public void Malformed_IsRefused(string label, byte[] bytes, GatewayRefusal refusal)
    {
        Assert.NotEmpty(label);
        Assert.Equal((PrefaceKind.Refused, refusal), (Read(bytes).Kind, Read(bytes).Refusal));
    }

    [Fact]
    public void EncryptedHello_OfBrowsers_IsNoted() => Assert.True(Read(Hello.Of(Hello.Extension(0xFE0D, [0, 0, 1, 0, 1, 9]))).Hello!.HasEncryptedHello);

    [Fact]
    public void CutAtEveryByte_IsIncomplete()
    {
        var hello = Hello.Records(Hello.Message(Hello.Body(Hello.ServerName("site.test"), Hello.Alpn("h2"))), 20);
        for (var length = 1; length < hello.Length; length++)
        {
            Assert.Equal(PrefaceKind.Incomplete, Read(hello[..length]).Kind);
        }

        Assert.Equal("site.test", Read(hello).Hello!.ServerName);
    }

    [Fact]
    public async Task HelloOfThisPlatform_IsRead()
    {
        using var wire = new MemoryStream();
        await using var tls = new SslStream(wire);
        // Nobody answers: the handshake fails after the hello is out.
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "site.test", ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] }));
        var hello = Read(wire.ToArray()).Hello!;
        Assert.Equal(("site.test", "h2,http/1.1", true), (hello.ServerName, string.Join(',', hello.Protocols), hello.MayBeHttp));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomBytes_NeverThrow_AndNeverYieldAnInvalidName(int seed)
    {
        var random = new Random(seed);
        var hello = Hello.Of(Hello.ServerName("site.test"), Hello.Alpn("h2"), Hello.Extension(0xFE0D, [0, 1]), Hello.Extension(43, [2, 3, 4]));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])hello.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var preface = Read(bytes[..random.Next(1, bytes.Length + 1)]);
            Assert.Equal(preface.Kind == PrefaceKind.Refused, preface.Refusal is not null);
            if (preface.Hello?.ServerName is { } name)
            {
                Assert.True(Gateway.Hosts.HostText.TryParseName(name, out var same) && same == name, $"seed {seed}: {name}");
            }
        }
    }

    [Fact]
    public void RecordThatGoesOnAfterTheHello_IsRefusedBeforeTheRestArrives()
    {
        var bytes = Hello.Of(Hello.ServerName("site.test"));
        bytes[4]++;
        Assert.Equal(PrefaceKind.Refused, PrefaceReader.Read(new System.Buffers.ReadOnlySequence<byte>(bytes)).Kind);
    }
}
