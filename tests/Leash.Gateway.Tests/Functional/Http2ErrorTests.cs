using System.Net.Security;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>What breaks HTTP/2 is ended by Kestrel, and recorded.</summary>
public sealed class Http2ErrorTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte WindowUpdate = 8;
    private const byte EndStreamAndHeaders = 5;

    private static readonly (string Name, string Value)[] s_good = [(":method", "GET"), (":scheme", "http"), (":authority", "site.test"), (":path", "/")];

    private static readonly Dictionary<string, byte[]> s_broken = new(StringComparer.Ordinal)
    {
        ["content of no stream"] = RawHttp2.Frame(Data, 0, 0, [1]),
        ["content of a stream that was never opened"] = RawHttp2.Frame(Data, 0, 5, [1]),
        ["a stream with an even number"] = RawHttp2.Request(2, s_good),
        ["settings of five bytes"] = RawHttp2.Frame(Settings, 0, 0, new byte[5]),
        ["a window that grows by nothing"] = RawHttp2.Frame(WindowUpdate, 0, 0, new byte[4]),
        ["a longer frame than was agreed on"] = RawHttp2.Frame(Headers, EndStreamAndHeaders, 1, new byte[20_000]),
        ["a header block that cannot be decoded"] = RawHttp2.Frame(Headers, EndStreamAndHeaders, 1, [0x80]),
        ["a name in upper case"] = RawHttp2.Request(1, [.. s_good, ("X", "y")]),
        ["a value that ends early"] = RawHttp2.Request(1, [.. s_good, ("x", "y\r\nz: w")]),
        ["a header of the connection"] = RawHttp2.Request(1, [.. s_good, ("connection", "close")]),
        ["no path"] = RawHttp2.Request(1, s_good[..3]),
        ["a path that is none"] = RawHttp2.Request(1, [.. s_good[..3], (":path", "x")]),
        ["a path twice"] = RawHttp2.Request(1, [.. s_good, (":path", "/")]),
        ["a pseudo-header after a header"] = RawHttp2.Request(1, [.. s_good[..3], ("x", "y"), (":path", "/")]),
        ["another scheme"] = RawHttp2.Request(1, [s_good[0], (":scheme", "https"), .. s_good[2..]]),
        ["a length with a sign"] = RawHttp2.Request(1, [.. s_good, ("content-length", "+0")]),
    };

    public static TheoryData<string> Broken => [.. s_broken.Keys];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Frames_ThatBreakTheProtocol_AreRecordedOnce(string name)
    {
        var reached = false;
        await using var fixture = await GatewayFixture.StartAsync(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainHttp2Port);
        await SendAndReadAsync(stream, s_broken[name]);
        var record = Assert.Single(fixture.Records.Requests);
        Assert.Equal((GatewayRefusal.MalformedRequest, "http", fixture.Upstream.PlainHttp2Port, FakeOrigins.Process), (record.Refusal, record.Scheme, record.Port, record.Process));
        Assert.False(reached);
    }

    [Theory]
    [InlineData("y")]
    [InlineData("y\r\nz: w")]
    public async Task Frames_InTls_AreRecordedWhenTheyBreakTheProtocol(string value)
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, GatewayFixture.Host, SslApplicationProtocol.Http2);
        var answer = await SendAndReadAsync(tls, RawHttp2.Get(1, "https", $"site.test:{fixture.Upstream.TlsPort}", "/", ("x", value)));
        Assert.Equal(value == "y" ? 1 : 0, RawHttp2.CountOk(answer));
        var record = Assert.Single(fixture.Records.Requests);
        Assert.Equal(value == "y" ? null : GatewayRefusal.MalformedRequest, record.Refusal);
    }

    [Fact]
    public async Task Connection_ThatEndsWell_IsNotRecordedBesidesItsRequests()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainHttp2Port);
        var authority = $"site.test:{fixture.Upstream.PlainHttp2Port}";
        Assert.Equal(2, RawHttp2.CountOk(await SendAndReadAsync(stream, [.. RawHttp2.Get(1, "http", authority, "/a"), .. RawHttp2.Get(3, "http", authority, "/b")])));
        Assert.Equal(["/a", "/b"], fixture.Records.Requests.Select(record => record.Path).Order(StringComparer.Ordinal));
        Assert.All(fixture.Records.Requests, record => Assert.Null(record.Refusal));
    }

    private static Task<string> SendAndReadAsync(Stream stream, byte[] frames) =>
        RawHttp.ExchangeAsync(stream, System.Text.Encoding.Latin1.GetString([.. RawHttp2.Begin, .. frames, .. RawHttp2.End]));
}
