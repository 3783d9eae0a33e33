using System.Net;
using System.Net.Security;
using System.Text;
using Leash.Gateway.Decisions;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>CONNECT of clients that believe in a proxy, and requests spelled for one.</summary>
public sealed class TunnelTests
{
    private static readonly IPEndPoint SomeProxy = new(IPAddress.Parse("192.0.2.1"), 3128);

    private static async Task<string> OpenAsync(Stream stream, string target)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Connection: keep-alive\r\n\r\n"));
        return await RawHttp.ReadUntilAsync(stream, "\r\n\r\n");
    }

    [Theory]
    [InlineData("site.test", "site.test", 200)]
    [InlineData("site.test", "other.test", 421)]
    public async Task Tls_InATunnel_IsOpenedAndDecided(string tunnel, string host, int status)
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        fixture.Names.Add("other.test", IPAddress.Loopback);
        await using var stream = await fixture.ConnectAsync(SomeProxy);
        Assert.Equal(200, RawHttp.Status(await OpenAsync(stream, $"{tunnel}:{fixture.Upstream.TlsPort}")));
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = fixture.TrustGateway() }, Deadline.Token);
        var response = await RawHttp.ExchangeAsync(tls, $"GET /x HTTP/1.1\r\nHost: {host}:{fixture.Upstream.TlsPort}\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, RawHttp.Status(response));
        Assert.Equal((host, "/x"), fixture.Records.Requests.Select(record => (record.Host, record.Path)).Single());
    }

    [Fact]
    public async Task OtherBytes_InATunnel_AreDecidedByItsName()
    {
        using var upstream = new TcpUpstream(async stream => await stream.CopyToAsync(stream));
        ConnectionFacts? asked = null;
        await using var fixture = await GatewayFixture.StartAsync("x", new FakeDecider
        {
            Connection = facts =>
            {
                asked = facts;
                return facts.Name == "site.test" ? GatewayVerdict.Allow() : GatewayVerdict.Deny("no", null, []);
            },
        });
        await using var stream = await fixture.ConnectAsync(SomeProxy);
        await OpenAsync(stream, $"site.test:{upstream.Port}");
        await stream.WriteAsync("*ping!"u8.ToArray());
        Assert.Equal("*ping!", await RawHttp.ReadUntilAsync(stream, "!"));
        Assert.Equal(("site.test", IPAddress.Loopback), (asked!.Name, asked.Address));

        await using var denied = await fixture.ConnectAsync(SomeProxy);
        await OpenAsync(denied, $"127.0.0.1:{upstream.Port}");
        Assert.Equal("", await RawHttp.ExchangeAsync(denied, "*ping!"));
    }

    [Theory]
    [InlineData("nowhere.test:443", GatewayRefusal.NameNotResolved, 502)]
    [InlineData("site.test", GatewayRefusal.MalformedConnect, 400)]
    [InlineData("user@site.test:443", GatewayRefusal.MalformedConnect, 400)]
    [InlineData("site.test:443/", GatewayRefusal.MalformedConnect, 400)]
    public async Task Tunnel_ToNowhere_IsRefused(string target, GatewayRefusal refusal, int status)
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var stream = await fixture.ConnectAsync(SomeProxy);
        Assert.Equal(status, RawHttp.Status(await OpenAsync(stream, target)));
        Assert.Equal(refusal, (await fixture.Records.NextConnectionAsync()).Refusal);
    }

    [Fact]
    public async Task Tunnels_InTunnels_EndSomewhere()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var stream = await fixture.ConnectAsync(SomeProxy);
        Assert.Equal(200, RawHttp.Status(await OpenAsync(stream, "site.test:3128")));
        Assert.Equal(200, RawHttp.Status(await OpenAsync(stream, "site.test:3128")));
        Assert.Equal(400, RawHttp.Status(await OpenAsync(stream, "site.test:3128")));
        Assert.Equal(GatewayRefusal.NestedTunnel, (await fixture.Records.NextConnectionAsync()).Refusal);
    }

    [Theory]
    [InlineData("site.test", 200)]
    [InlineData("nowhere.test", 502)]
    public async Task AbsoluteForm_ToAProxy_IsARequestToItsHost(string host, int status)
    {
        await using var fixture = await GatewayFixture.StartAsync(context => context.Response.WriteAsync(context.Request.Host + context.Request.Path));
        await using var stream = await fixture.ConnectAsync(SomeProxy);
        var authority = $"{host}:{fixture.Upstream.PlainPort}";
        var response = await RawHttp.ExchangeAsync(stream, $"GET http://{authority}/a?b HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, RawHttp.Status(response));
        if (status == 200)
        {
            Assert.Contains(authority + "/a", response, StringComparison.Ordinal);
        }
    }
}
