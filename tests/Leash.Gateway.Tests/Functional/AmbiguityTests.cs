using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Requests that can be read in two ways never reach the destination; their unambiguous twins do.</summary>
public sealed class AmbiguityTests
{
    private const string Get = "GET / HTTP/1.1\r\n";
    private const string Post = "POST / HTTP/1.1\r\n";

    // {0} is the port. Status 200 is an allowed twin; the refusal is what is recorded.
    public static TheoryData<string, string, int, GatewayRefusal?> Cases => new()
    {
        { "plain", Get + "Host: site.test:{0}\r\n\r\n", 200, null },
        { "host in capitals", Get + "Host: SITE.test:{0}\r\n\r\n", 200, null },
        { "no host", Get + "\r\n", 400, GatewayRefusal.MalformedRequest },
        { "two hosts", Get + "Host: site.test:{0}\r\nHost: other.test:{0}\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "same host twice", Get + "Host: site.test:{0}\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "host list", Get + "Host: site.test:{0}, other.test:{0}\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "trailing dot", Get + "Host: site.test.:{0}\r\n\r\n", 400, GatewayRefusal.InvalidHost },
        { "userinfo", Get + "Host: site.test@other.test:{0}\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "port with zero", Get + "Host: site.test:0{0}\r\n\r\n", 400, GatewayRefusal.InvalidHost },
        { "hexadecimal address", Get + "Host: 0x7f000001:{0}\r\n\r\n", 400, GatewayRefusal.InvalidHost },
        { "short address", Get + "Host: 127.1:{0}\r\n\r\n", 400, GatewayRefusal.InvalidHost },
        { "plain address", Get + "Host: 127.0.0.1:{0}\r\n\r\n", 200, null },
        { "another address", Get + "Host: 127.0.0.2:{0}\r\n\r\n", 421, GatewayRefusal.AddressMismatch },
        { "unknown name", Get + "Host: other.test:{0}\r\n\r\n", 421, GatewayRefusal.AddressMismatch },
        { "no port", Get + "Host: site.test\r\n\r\n", 421, GatewayRefusal.PortMismatch },
        { "absolute form", "GET http://site.test:{0}/ HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 200, null },
        { "absolute form of another", "GET http://other.test:{0}/ HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "absolute form of another scheme", "GET https://site.test:{0}/ HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "absolute form with userinfo", "GET http://a@site.test:{0}/ HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "length", Post + "Host: site.test:{0}\r\nContent-Length: 2\r\n\r\nab", 200, null },
        { "chunked", Post + "Host: site.test:{0}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 200, null },
        { "length and chunked", Post + "Host: site.test:{0}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 400, GatewayRefusal.AmbiguousLength },
        { "two lengths", Post + "Host: site.test:{0}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400, GatewayRefusal.MalformedRequest },
        { "two codings", Post + "Host: site.test:{0}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 400, GatewayRefusal.AmbiguousLength },
        { "coding not last", Post + "Host: site.test:{0}\r\nTransfer-Encoding: chunked, gzip\r\n\r\n2\r\nab\r\n0\r\n\r\n", 400, null },
        { "same length twice", Post + "Host: site.test:{0}\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "list of lengths", Post + "Host: site.test:{0}\r\nContent-Length: 2, 2\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "sign before length", Post + "Host: site.test:{0}\r\nContent-Length: +2\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "negative zero", Post + "Host: site.test:{0}\r\nContent-Length: -0\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "no length", Post + "Host: site.test:{0}\r\nContent-Length: \r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "hexadecimal length", Post + "Host: site.test:{0}\r\nContent-Length: 0x2\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length after a vertical tab", Post + "Host: site.test:{0}\r\nContent-Length: \v2\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length before a form feed", Post + "Host: site.test:{0}\r\nContent-Length: 2\f\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length before NUL", Post + "Host: site.test:{0}\r\nContent-Length: 2\0\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length before another space", Post + "Host: site.test:{0}\r\nContent-Length: 2\u00A0\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length of many digits", Post + "Host: site.test:{0}\r\nContent-Length: 00000000000000000000000000000002\r\n\r\nab", 400, GatewayRefusal.MalformedRequest },
        { "length with a zero before it", Post + "Host: site.test:{0}\r\nContent-Length: 02\r\n\r\nab", 200, null },
        { "length with spaces around it", Post + "Host: site.test:{0}\r\nContent-Length: \t2 \r\n\r\nab", 200, null },
        { "bare LF in headers", Get + "Host: site.test:{0}\nX: y\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "folded header", Get + "Host: site.test:{0}\r\nX: y\r\n z\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "space before colon", Get + "Host: site.test:{0}\r\nX : y\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "NUL in a header", Get + "Host: site.test:{0}\r\nX: y\0z\r\n\r\n", 400, GatewayRefusal.MalformedRequest },
        { "two authorizations", Get + "Host: site.test:{0}\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", 400, GatewayRefusal.AmbiguousHeader },
        { "one authorization", Get + "Host: site.test:{0}\r\nAuthorization: a\r\n\r\n", 200, null },
        { "two expectations", Post + "Host: site.test:{0}\r\nExpect: x\r\nExpect: y\r\nContent-Length: 0\r\n\r\n", 400, GatewayRefusal.AmbiguousHeader },
        { "connection takes what is not there", Get + "Host: site.test:{0}\r\nConnection: X-Private\r\n\r\n", 200, null },
        { "connection takes a header", Get + "Host: site.test:{0}\r\nConnection: Authorization\r\nAuthorization: a\r\n\r\n", 400, GatewayRefusal.AmbiguousHeader },
        { "encoded slash", "GET /@types%2fnode HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 200, null },
        { "slashes", "GET //a//b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 200, null },
        { "encoded slash before dots", "GET /a%2f..%2fb HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "encoded twice", "GET /a%252fb HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "overlong UTF-8", "GET /a%c0%afb HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "method in lower case", "get / HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 405, GatewayRefusal.UnsupportedMethod },
        { "encoded dots", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "dots", "GET /a/../b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "dots with parameters", "GET /a/..;x/b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "backslash", "GET /a\\b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "encoded NUL", "GET /a%00b HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "other escapes", "GET /a%20b%7Ec HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 200, null },
        { "options of the server", "OPTIONS http://site.test:{0} HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "asterisk", "OPTIONS * HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, GatewayRefusal.AmbiguousTarget },
        { "trace", "TRACE / HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 405, GatewayRefusal.UnsupportedMethod },
        { "bare LF after the request line", "GET / HTTP/1.1\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "HTTP/0.9", "GET /\r\n", 400, null },
        { "another version", "GET / HTTP/3.0\r\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "version in small letters", "GET / http/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, null },
        { "two spaces", "GET  / HTTP/1.1\r\nHost: site.test:{0}\r\n\r\n", 400, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Request_IsRefusedUnlessItHasOneMeaning(string name, string request, int status, GatewayRefusal? refusal)
    {
        Assert.NotEmpty(name);
        var reached = false;
        await using var fixture = await GatewayFixture.StartAsync(async context =>
        {
            reached = true;
            context.Response.Headers.Connection = "close";
            await context.Response.WriteAsync("ok");
        });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        var text = request.Replace("{0}", fixture.Upstream.PlainPort.ToString(), StringComparison.Ordinal);
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text), Deadline.Token);
        var response = await RawHttp.ReadUntilAsync(stream, "\r\n\r\n");

        Assert.Equal(status, RawHttp.Status(response));
        Assert.Equal(status == 200, reached);
        if (refusal is not null)
        {
            Assert.Equal(refusal, (await fixture.Records.NextRefusalAsync()).Refusal);
        }
    }

    [Fact]
    public async Task Refusal_SaysWhatCannotBeRead()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        var response = await RawHttp.ExchangeAsync(stream, $"GET /a%252fb HTTP/1.1\r\nHost: site.test:{fixture.Upstream.PlainPort}\r\nConnection: close\r\n\r\n");
        Assert.Contains("\"code\":\"ambiguous-target\"", response, StringComparison.Ordinal);
        Assert.Contains("leash: the path is percent-encoded twice: GET http://site.test", response, StringComparison.Ordinal);
        Assert.Equal("the path is percent-encoded twice", (await fixture.Records.NextRefusalAsync()).Reason);
    }

    [Theory]
    [InlineData("site.test", 200)]
    [InlineData("SITE.TEST", 200)]
    [InlineData("other.test", 421)]
    [InlineData("127.0.0.1", 421)]
    public async Task HostAndServerName_MustAgree(string host, int status)
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        fixture.Names.Add("other.test", System.Net.IPAddress.Loopback);
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        var response = await RawHttp.ExchangeAsync(tls, $"GET / HTTP/1.1\r\nHost: {host}:{fixture.Upstream.TlsPort}\r\nConnection: close\r\n\r\n");
        Assert.Equal(status, RawHttp.Status(response));
    }

    [Theory]
    [InlineData("site.test", null)]
    [InlineData("other.test", GatewayRefusal.HostMismatch)]
    public async Task AuthorityAndServerName_MustAgree(string authority, GatewayRefusal? refusal)
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        fixture.Names.Add("other.test", System.Net.IPAddress.Loopback);
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, GatewayFixture.Host, System.Net.Security.SslApplicationProtocol.Http2);
        await tls.WriteAsync((byte[])[.. RawHttp2.Begin, .. RawHttp2.Get(1, "https", $"{authority}:{fixture.Upstream.TlsPort}", "/")], Deadline.Token);
        var record = await fixture.Records.NextRequestAsync();
        Assert.Equal((refusal, authority), (record.Refusal, record.Host));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("02")]
    [InlineData("\t2 ")]
    public async Task Length_IsForwardedInItsOneForm(string length)
    {
        const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        var arrived = new TaskCompletionSource<string>();
        using var upstream = new TcpUpstream(async stream =>
        {
            var request = await RawHttp.ReadUntilAsync(stream, "ab");
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Answer), Deadline.Token);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            arrived.TrySetResult(request + await RawHttp.ReadToEndAsync(stream));
        });
        await using var fixture = await GatewayFixture.StartAsync("not asked");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        var response = await RawHttp.ExchangeAsync(stream, $"{Post}Host: site.test:{upstream.Port}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\nab");
        Assert.Equal(200, RawHttp.Status(response));
        Assert.Equal($"{Post}Host: site.test:{upstream.Port}\r\nContent-Length: 2\r\n\r\nab", await arrived.Task.WaitAsync(Deadline.Token));
    }

    [Theory]
    [InlineData("site.test")]
    [InlineData("other.test")]
    public async Task HostBesideAuthority_IsNeverSeenByTheDestination(string host)
    {
        var seen = new TaskCompletionSource<string>();
        await using var fixture = await GatewayFixture.StartAsync(context =>
        {
            seen.TrySetResult(context.Request.Host.Host);
            return Task.CompletedTask;
        });
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, GatewayFixture.Host, System.Net.Security.SslApplicationProtocol.Http2);
        await tls.WriteAsync((byte[])[.. RawHttp2.Begin, .. RawHttp2.Get(1, "https", $"site.test:{fixture.Upstream.TlsPort}", "/", ("host", $"{host}:{fixture.Upstream.TlsPort}"))], Deadline.Token);
        Assert.Equal("site.test", await seen.Task.WaitAsync(Deadline.Token));
    }
}
