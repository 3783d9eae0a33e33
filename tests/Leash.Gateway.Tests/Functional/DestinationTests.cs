using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Leash.Gateway.Certificates;
using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Between the gateway and destinations: certificates, proxies, addresses, rewritten headers.</summary>
public sealed class DestinationTests
{
    private static async Task<string?> CodeAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())?["code"]?.GetValue<string>();

    [Theory]
    [InlineData("other.test")]
    [InlineData("*.test.example")]
    public async Task Certificate_ForAnotherName_IsRefused(string certificate)
    {
        await using var fixture = await GatewayFixture.StartAsync(context => context.Response.WriteAsync("ok"), null, null, _ => certificate);
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync(fixture.Https(), Deadline.Token);
        Assert.Equal((HttpStatusCode.BadGateway, "certificate-rejected"), (response.StatusCode, await CodeAsync(response)));
        Assert.Equal(GatewayRefusal.CertificateRejected, (await fixture.Records.NextRequestEndAsync()).Outcome.Refusal);
    }

    [Fact]
    public async Task Certificate_OfAnUnknownRoot_IsRefused()
    {
        await using var fixture = await GatewayFixture.StartAsync(context => context.Response.WriteAsync("ok"), null, (options, _) => options with { Roots = [] });
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync(fixture.Https(), Deadline.Token);
        Assert.Equal("certificate-rejected", await CodeAsync(response));
    }

    [Fact]
    public async Task ClientCertificate_Wanted_IsRefusedClearly()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok");
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"https://site.test:{fixture.Upstream.DemandingPort}/", Deadline.Token);
        Assert.Equal((HttpStatusCode.BadGateway, "client-certificate-required"), (response.StatusCode, await CodeAsync(response)));
    }

    [Fact]
    public async Task Destination_NotListening_IsRefusedClearly()
    {
        int port;
        using (var gone = new TcpUpstream(_ => Task.CompletedTask))
        {
            port = gone.Port;
        }

        await using var fixture = await GatewayFixture.StartAsync("ok");
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"http://site.test:{port}/", Deadline.Token);
        Assert.Equal("connect-failed", await CodeAsync(response));
    }

    [Theory]
    [InlineData(true, "ok")]
    [InlineData(false, null)]
    public async Task Destination_ListensOnAnotherOfItsAddresses_IsReachedIfThatIsPermitted(bool isPermitted, string? answer)
    {
        var silent = IPAddress.Parse("127.0.0.9");
        await using var fixture = await GatewayFixture.StartAsync("ok", new FakeDecider
        {
            Request = facts => facts.Address!.Equals(silent) || isPermitted ? GatewayVerdict.Allow() : GatewayVerdict.Deny("not this address", null, []),
        });
        fixture.Names.Add("two.test", silent, IPAddress.Loopback);
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"http://two.test:{fixture.Upstream.PlainPort}/", Deadline.Token);
        Assert.Equal(answer ?? "connect-failed", answer is null ? await CodeAsync(response) : await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_GoesToTheAddressThatIsDecidedAbout_WhateverIsOpen()
    {
        var another = IPAddress.Parse("127.0.0.9");
        await using var fixture = await GatewayFixture.StartAsync("one");
        var port = fixture.Upstream.PlainPort;
        using TcpListener listener = new(another, port);
        listener.Start();
        fixture.Names.Add("two.test", IPAddress.Loopback, another);
        Assert.Contains("\r\none\r\n", await AskAsync(IPAddress.Loopback), StringComparison.Ordinal);
        var answering = AnswerAsync();
        Assert.EndsWith("other", await AskAsync(another), StringComparison.Ordinal);
        await answering;
        Assert.Contains("\r\none\r\n", await AskAsync(IPAddress.Loopback), StringComparison.Ordinal);
        Assert.Equal(1, fixture.Upstream.Connections);

        async Task<string> AskAsync(IPAddress address)
        {
            await using var client = await fixture.ConnectAsync(new IPEndPoint(address, port));
            return await RawHttp.ExchangeAsync(client, $"GET / HTTP/1.1\r\nHost: two.test:{port}\r\nConnection: close\r\n\r\n");
        }

        async Task AnswerAsync()
        {
            using var accepted = await listener.AcceptTcpClientAsync(Deadline.Token);
            var stream = accepted.GetStream();
            await RawHttp.ReadUntilAsync(stream, "\r\n\r\n");
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nother"u8.ToArray(), Deadline.Token);
        }
    }

    [Fact]
    public async Task Destination_SilentOnOneOfItsAddresses_IsReachedOnAnother()
    {
        var silent = IPAddress.Parse("127.0.0.9");
        await using var fixture = await GatewayFixture.StartAsync("ok");
        // Who wants to connect to a queue that is full hears nothing.
        using var full = new Socket(SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(silent, fixture.Upstream.PlainPort));
        full.Listen(1);
        using var first = new TcpClient();
        using var second = new TcpClient();
        await first.ConnectAsync(silent, fixture.Upstream.PlainPort, Deadline.Token);
        await second.ConnectAsync(silent, fixture.Upstream.PlainPort, Deadline.Token);

        fixture.Names.Add("two.test", silent, IPAddress.Loopback);
        using var client = fixture.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync($"http://two.test:{fixture.Upstream.PlainPort}/", Deadline.Token));
    }

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task Proxy_IsAskedForATunnelByName(string scheme)
    {
        using var proxy = new FakeProxy();
        Assert.True(UpstreamProxy.TryParse($"http://user:p%40ss@127.0.0.1:{proxy.Port}", "", out var upstreamProxy));
        await using var fixture = await GatewayFixture.StartAsync(
            context => context.Response.WriteAsync("through"), null, (options, _) => options with { Proxy = upstreamProxy, SilenceBeforeDial = TimeSpan.FromMinutes(1) });
        // A name that only the proxy can resolve; the client names it in a tunnel or in absolute form.
        var port = scheme == "https" ? fixture.Upstream.TlsPort : fixture.Upstream.PlainPort;
        using var handler = fixture.CreateHandler();
        handler.ConnectCallback = async (_, _) => await fixture.ConnectAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 3128));
        handler.Proxy = new WebProxy("http://192.0.2.1:3128");
        handler.UseProxy = true;
        using var client = new HttpClient(handler);
        Assert.Equal("through", await client.GetStringAsync($"{scheme}://inside.test:{port}/", Deadline.Token));
        var head = Assert.Single(proxy.Heads);
        Assert.StartsWith($"CONNECT inside.test:{port} HTTP/1.1\r\nHost: inside.test:{port}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:p@ss")), head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProxyOverTls_IsVerifiedByTheRootsThatAreTrusted(bool isTrusted)
    {
        using var root = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(root, TimeProvider.System);
        using var proxy = new FakeProxy(leaves.Get("127.0.0.1"));
        Assert.True(UpstreamProxy.TryParse($"https://127.0.0.1:{proxy.Port}", "", out var upstreamProxy));
        await using var fixture = await GatewayFixture.StartAsync(
            context => context.Response.WriteAsync("through"),
            null,
            (options, _) => options with { Proxy = upstreamProxy, Roots = isTrusted ? [.. options.Roots, X509Certificate2.CreateFromPem(root.CertificatePem)] : options.Roots });
        fixture.Names.Add("outside.test", IPAddress.Parse("192.0.2.7"));
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync($"http://outside.test:{fixture.Upstream.PlainPort}/", Deadline.Token);
        Assert.Equal(isTrusted ? "through" : "connect-failed", isTrusted ? await response.Content.ReadAsStringAsync() : await CodeAsync(response));
        // A client that closes without a word has been shown the certificate.
        Assert.Equal(isTrusted ? 1 : 0, proxy.Heads.Count(head => head.Length > 0));
    }

    [Fact]
    public async Task InternationalName_IsOpened()
    {
        const string Host = "xn--bcher-kva.test";
        await using var fixture = await GatewayFixture.StartAsync("ok");
        fixture.Names.Add(Host, IPAddress.Loopback);
        using var client = fixture.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync($"https://{Host}:{fixture.Upstream.TlsPort}/", Deadline.Token));
    }

    [Fact]
    public async Task Proxy_Refuses_IsSaidSo()
    {
        using var proxy = new FakeProxy(407);
        Assert.True(UpstreamProxy.TryParse($"http://127.0.0.1:{proxy.Port}", "", out var upstreamProxy));
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, (options, _) => options with { Proxy = upstreamProxy });
        fixture.Names.Add("outside.test", IPAddress.Parse("192.0.2.7"));
        using var client = fixture.CreateClient();
        using var response = await client.GetAsync("http://outside.test/", Deadline.Token);
        Assert.Equal("connect-failed", await CodeAsync(response));
    }

    [Fact]
    public async Task Rewrites_ReachTheDestinationOnly()
    {
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(
            context =>
            {
                seen = string.Join("|", ((string[])["Authorization", "X-Key", "X-Gone", "X-More", "Content-Digest"]).Select(name => $"{name}={context.Request.Headers[name]}"));
                return context.Response.WriteAsync("ok");
            },
            new FakeDecider
            {
                Request = _ => GatewayVerdict.Allow(
                    ["inject"],
                    [
                        HeaderRewrite.Set("Authorization", "Bearer \"s3cr3t\" with späces"),
                        HeaderRewrite.Set("X-Key", "key s3cr3t-key"),
                        HeaderRewrite.Remove("X-Gone"),
                        HeaderRewrite.Add("X-More", "2"),
                        HeaderRewrite.Remove("Content-Digest"),
                    ]),
            });
        using var client = fixture.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, fixture.Https());
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer none");
        request.Headers.TryAddWithoutValidation("X-Key", "key leash-placeholder");
        request.Headers.TryAddWithoutValidation("X-Gone", "1");
        request.Headers.TryAddWithoutValidation("X-More", "1");
        request.Headers.TryAddWithoutValidation("Content-Digest", "1");
        using var response = await client.SendAsync(request, Deadline.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Authorization=Bearer \"s3cr3t\" with späces|X-Key=key s3cr3t-key|X-Gone=|X-More=1, 2|Content-Digest=", seen);
        var (record, _) = await fixture.Records.NextRequestEndAsync();
        Assert.Equal(["Authorization", "X-Key", "X-Gone", "X-More", "Content-Digest"], record.RewrittenHeaders);
        Assert.DoesNotContain("s3cr3t", record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rewrites_WithoutTls_AreNeverSent()
    {
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(
            context =>
            {
                seen = $"{context.Request.Headers.Authorization}|{context.Request.Headers["X-Key"]}";
                return Task.CompletedTask;
            },
            new FakeDecider
            {
                Request = _ => GatewayVerdict.Allow([], [HeaderRewrite.Set("Authorization", "s3cr3t"), HeaderRewrite.Set("X-Key", "s3cr3t")])
                    with { WithheldHeaders = ["x-more"] },
            });
        using var client = fixture.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, fixture.Http());
        request.Headers.TryAddWithoutValidation("X-Key", "leash-1");
        using var response = await client.SendAsync(request, Deadline.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("|leash-1", seen);
        var record = await fixture.Records.NextRequestAsync();
        Assert.Empty(record.RewrittenHeaders);
        Assert.Equal(["x-more", "Authorization", "X-Key"], record.WithheldHeaders);
    }

    [Fact]
    public async Task WouldDeny_GoesOnAndIsRecordedAsSuch()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok", new FakeDecider { Request = _ => GatewayVerdict.WouldDeny("uploads are not permitted", "ask", ["no-uploads"]) });
        using var client = fixture.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync(fixture.Https(), Deadline.Token));
        var record = await fixture.Records.NextRequestAsync();
        Assert.Equal((GatewayEffect.WouldDeny, null), (record.Effect, record.Refusal));
        Assert.Equal(("uploads are not permitted", "ask", "no-uploads"), (record.Reason, record.Help, record.PolicyIds.Single()));
    }

    [Theory]
    [InlineData("/a%7Eb/@types%2fnode?q=%7e|%2F", "/a~b/@types%2Fnode?q=~%7C%2F")]
    [InlineData("//a//b?", "//a//b?")]
    [InlineData("/a;v=1/b%3Bc?x[]={1}", "/a;v=1/b%3Bc?x%5B%5D=%7B1%7D")]
    public async Task Target_IsForwardedInTheFormThatIsDecided(string sent, string canonical)
    {
        HttpRequestFacts? decided = null;
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(
            context =>
            {
                seen = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
                return Task.CompletedTask;
            },
            new FakeDecider
            {
                Request = facts =>
                {
                    decided = facts;
                    return GatewayVerdict.Allow();
                },
            });
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        var response = await RawHttp.ExchangeAsync(tls, $"GET {sent} HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, RawHttp.Status(response));
        Assert.Equal((canonical, canonical), (seen, decided!.Path + decided.Query));
    }

    [Fact]
    public async Task Headers_AreForwardedAsTheyAreDecided()
    {
        HttpRequestFacts? decided = null;
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(
            context =>
            {
                seen = Show(context.Request.Headers.SelectMany(header => header.Value.Select(value => (header.Key.ToLowerInvariant(), value!))));
                return Task.CompletedTask;
            },
            new FakeDecider
            {
                Request = facts =>
                {
                    decided = facts;
                    return GatewayVerdict.Allow();
                },
            });
        await using var tls = await fixture.ConnectTlsAsync(fixture.Upstream.TlsPort);
        var response = await RawHttp.ExchangeAsync(
            tls,
            $"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nConnection: close, TE\r\nAccept:  a \r\nX-Two: 1\r\nX-Two: 2\r\nX-Text: \u00C3\u00A4\r\n"
            + "Keep-Alive: 1\r\nProxy-Authorization: x\r\nUpgrade: h2c\r\n\r\n");
        Assert.Equal(200, RawHttp.Status(response));
        Assert.Equal(
            "accept=a|x-text=\u00E4|x-two=1, 2", Show(decided!.Request.Fields.Select(field => (field.Name, decided.Request.ToMessage().HeaderOf(field.Name)!))));
        Assert.Equal("accept=a|x-text=\u00E4|x-two=1, 2", seen);

        static string Show(IEnumerable<(string Name, string Value)> fields) =>
            string.Join('|', fields.Where(field => field.Name != "host").Select(field => $"{field.Name}={field.Value}").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AltSvc_AndHopByHopHeaders_StayHere()
    {
        string? seen = null;
        await using var fixture = await GatewayFixture.StartAsync(context =>
        {
            seen = string.Join(",", context.Request.Headers.Keys.Order(StringComparer.Ordinal));
            context.Response.Headers.AltSvc = "h3=\":443\"";
            context.Response.Headers["X-Kept"] = "1";
            return Task.CompletedTask;
        });
        using var client = fixture.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, fixture.Https());
        request.Headers.TryAddWithoutValidation("Connection", "Proxy-Connection");
        request.Headers.TryAddWithoutValidation("Proxy-Connection", "1");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", "1");
        request.Headers.TryAddWithoutValidation("X-Public", "1");
        using var response = await client.SendAsync(request, Deadline.Token);
        Assert.Equal("Host,X-Public", seen);
        Assert.False(response.Headers.Contains("Alt-Svc"));
        Assert.True(response.Headers.Contains("X-Kept"));
    }
}
