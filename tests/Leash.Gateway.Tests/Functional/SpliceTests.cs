using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Leash.Gateway.Decisions;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Connections whose bytes go through untouched.</summary>
public sealed class SpliceTests
{
    private static readonly FakeDecider NoSplices = new() { Connection = _ => GatewayVerdict.Deny("not a protocol for this host", null, ["http-only"]) };

    private static async Task Echo(NetworkStream stream)
    {
        await stream.CopyToAsync(stream);
        stream.Socket.Shutdown(SocketShutdown.Send);
    }

    [Fact]
    public async Task ClientSpeaksFirst_IsSplicedAndHalfCloses()
    {
        using var upstream = new TcpUpstream(Echo);
        ConnectionFacts? asked = null;
        await using var fixture = await GatewayFixture.StartAsync("x", new FakeDecider
        {
            Connection = facts =>
            {
                asked = facts;
                return GatewayVerdict.Allow(["redis"], []);
            },
        });
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());
        stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("*1\r\n$4\r\nPING\r\n", await RawHttp.ReadToEndAsync(stream));
        Assert.Equal((SplicedProtocol.Opaque, null, IPAddress.Loopback, upstream.Port, "site.test"), (asked!.Protocol, asked.Name, asked.Address, asked.Port, asked.KnownNames.Single()));
        var (record, outcome) = await fixture.Records.NextConnectionEndAsync();
        Assert.Equal((ConnectionTreatment.Spliced, "redis", FakeOrigins.Process), (record.Treatment, record.PolicyIds.Single(), record.Process));
        Assert.Equal((14L, 14L, (GatewayRefusal?)null), (outcome.SentBytes, outcome.ReceivedBytes, outcome.Refusal));
    }

    [Fact]
    public async Task ServerSpeaksFirst_IsSpliced()
    {
        using var upstream = new TcpUpstream(async stream =>
        {
            await stream.WriteAsync("220 ready\r\n"u8.ToArray());
            Assert.Equal("QUIT\r\n", await RawHttp.ReadUntilAsync(stream, "\n"));
            await stream.WriteAsync("221 bye\r\n"u8.ToArray());
        });
        await using var fixture = await GatewayFixture.StartAsync("x");
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        Assert.Equal("220 ready\r\n", await RawHttp.ReadUntilAsync(stream, "\n"));
        await stream.WriteAsync("QUIT\r\n"u8.ToArray());
        Assert.Equal("221 bye\r\n", await RawHttp.ReadToEndAsync(stream));
    }

    [Fact]
    public async Task SlowClient_OfHttp_IsStillDecidedByItsRequest()
    {
        await using var fixture = await GatewayFixture.StartAsync("x", new FakeDecider { Request = _ => GatewayVerdict.Deny("no", null, []) });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        // The upstream waits, too: only when the gateway has dialed it does the client begin.
        await Polling.UntilAsync(() => fixture.Upstream.Connections > 0);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.PlainPort}\r\n\r\n"));
        Assert.Equal(403, RawHttp.Status(await RawHttp.ReadUntilAsync(stream, "\r\n\r\n")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SilentClient_ThatLeaves_IsRecorded_AndItsDestinationIsLeft(bool isReset)
    {
        var left = new TaskCompletionSource();
        using var upstream = new TcpUpstream(async stream =>
        {
            try
            {
                Assert.Equal(0, await stream.ReadAsync(new byte[1]));
            }
            finally
            {
                left.SetResult();
            }
        });
        await using var fixture = await GatewayFixture.StartAsync("x");
        await using (var stream = await fixture.ConnectAsync(upstream.Port))
        {
            await Polling.UntilAsync(() => upstream.Accepted > 0);
            stream.Socket.LingerState = new LingerOption(isReset, 0);
        }

        var (record, outcome) = await fixture.Records.NextConnectionEndAsync();
        Assert.Equal((GatewayEffect.Allow, upstream.Port, 0L, 0L), (record.Effect, ((IPEndPoint)record.Destination!).Port, outcome.SentBytes, outcome.ReceivedBytes));
        await left.Task.WaitAsync(Deadline.Token);
    }

    [Fact]
    public async Task Denied_ClientSpeaksFirst_NothingIsDialed()
    {
        using var upstream = new TcpUpstream(Echo);
        await using var fixture = await GatewayFixture.StartAsync("x", NoSplices);
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        Assert.Equal("", await RawHttp.ExchangeAsync(stream, "*1\r\n$4\r\nPING\r\n"));
        var record = await fixture.Records.NextConnectionAsync();
        Assert.Equal((ConnectionTreatment.Refused, GatewayRefusal.Denied, "http-only"), (record.Treatment, record.Refusal, record.PolicyIds.Single()));
        Assert.Equal(0, upstream.Accepted);
    }

    [Fact]
    public async Task Denied_SilentClient_EndsAfterAWhileUndialed()
    {
        using var upstream = new TcpUpstream(Echo);
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, NoSplices, (options, _) => options with { SilenceLimit = TimeSpan.FromMilliseconds(100) });
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        Assert.Equal("", await RawHttp.ReadToEndAsync(stream));
        var record = await fixture.Records.NextConnectionAsync();
        Assert.Equal((GatewayRefusal.Denied, "http-only"), (record.Refusal, record.PolicyIds.Single()));
        Assert.Equal(0, upstream.Accepted);
    }

    [Fact]
    public async Task UnknownOrigin_IsRefused()
    {
        await using var fixture = await GatewayFixture.StartAsync("x");
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(fixture.Gateway.EndPoint);
            Assert.Equal("", await RawHttp.ExchangeAsync(client.GetStream(), "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n"));
        }
        catch (SocketException)
        {
            // The reset may come while the client still connects.
        }

        Assert.Equal(GatewayRefusal.UnknownOrigin, (await fixture.Records.NextConnectionAsync()).Refusal);
    }

    [Fact]
    public async Task SlowLoris_EndsInTime()
    {
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, (options, _) => options with { PrefaceLimit = TimeSpan.FromMilliseconds(100) });
        await using var stream = await fixture.ConnectAsync(fixture.Upstream.PlainPort);
        Assert.Equal("", await RawHttp.ExchangeAsync(stream, "GET /"));
        Assert.Equal(GatewayRefusal.PrefaceTimeout, (await fixture.Records.NextConnectionAsync()).Refusal);
    }

    [Fact]
    public async Task Garbage_OfAllKinds_LeavesTheGatewayServing()
    {
        await using var fixture = await GatewayFixture.StartAsync("ok", new FakeDecider { Connection = _ => GatewayVerdict.Deny("no", null, []) });
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            bytes[0] = i % 3 == 0 ? (byte)22 : bytes[0];
            await using var stream = await fixture.ConnectAsync(fixture.Upstream.TlsPort);
            await stream.WriteAsync(bytes);
            stream.Socket.Shutdown(SocketShutdown.Send);
            await RawHttp.ReadToEndAsync(stream);
        }

        using var client = fixture.CreateClient();
        Assert.Equal("ok", await client.GetStringAsync(fixture.Https(), Deadline.Token));
    }

    [Fact]
    public async Task Passthrough_ShowsTheDestinationsOwnCertificate()
    {
        await using var fixture = await GatewayFixture.StartAsync("mine", new FakeDecider { Passthrough = host => host == "site.test" });
        await using var tls = new SslStream(await fixture.ConnectAsync(fixture.Upstream.TlsPort));
        var trust = fixture.TrustGateway();
        trust.CustomTrustStore.Clear();
        trust.CustomTrustStore.AddRange(fixture.Upstream.Roots);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "site.test", CertificateChainPolicy = trust }, Deadline.Token);
        var request = $"GET / HTTP/1.1\r\nHost: site.test:{fixture.Upstream.TlsPort}\r\nConnection: close\r\n\r\n";
        Assert.Contains("mine", await RawHttp.ExchangeAsync(tls, request), StringComparison.Ordinal);
        var record = await fixture.Records.NextConnectionAsync();
        Assert.Equal((ConnectionTreatment.Passthrough, "site.test", (GatewayRefusal?)null), (record.Treatment, record.Name, record.Refusal));
    }

    [Theory]
    [InlineData("site.test", true, GatewayRefusal.Denied)]
    [InlineData("other.test", false, GatewayRefusal.AddressMismatch)]
    public async Task Passthrough_DeniedOrToAnotherAddress_IsRefused(string host, bool isDenied, GatewayRefusal refusal)
    {
        await using var fixture = await GatewayFixture.StartAsync("mine", new FakeDecider
        {
            Passthrough = _ => true,
            Connection = _ => isDenied ? GatewayVerdict.Deny("no", null, []) : GatewayVerdict.Allow(),
        });
        fixture.Names.Add("other.test", IPAddress.Parse("127.0.0.2"));
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, host));
        Assert.Equal(refusal, (await fixture.Records.NextConnectionAsync()).Refusal);
    }

    [Fact]
    public async Task TlsForAnotherProtocol_IsSplicedByItsName()
    {
        await using var fixture = await GatewayFixture.StartAsync("x", NoSplices);
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.ConnectTlsAsync(fixture.Upstream.TlsPort, "site.test", new SslApplicationProtocol("imap")));
        var record = await fixture.Records.NextConnectionAsync();
        Assert.Equal((GatewayRefusal.Denied, "site.test"), (record.Refusal, record.Name));
    }

    [Theory]
    [InlineData(true, GatewayRefusal.EncryptedClientHello)]
    [InlineData(false, null)]
    public async Task Passthrough_WithAnEncryptedHello_CouldGoAnywhere(bool isEncrypted, GatewayRefusal? refusal)
    {
        using var upstream = new TcpUpstream(stream => stream.WriteAsync("hello!"u8.ToArray()).AsTask());
        await using var fixture = await GatewayFixture.StartAsync("x", new FakeDecider { Passthrough = _ => true });
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        var name = Prefaces.Hello.ServerName("site.test");
        await stream.WriteAsync(isEncrypted ? Prefaces.Hello.Of(name, Prefaces.Hello.Extension(0xFE0D, [0, 1, 2])) : Prefaces.Hello.Of(name));
        Assert.Equal(isEncrypted ? "\u0015\u0003\u0003\0\u0002\u0002/" : "hello!", await RawHttp.ReadToEndAsync(stream));
        Assert.Equal((refusal, "site.test"), ((await fixture.Records.NextConnectionAsync()) is var record ? (record.Refusal, record.Name) : default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Opened_WithAnEncryptedHello_IsAnsweredForTheNameThatCanBeRead(bool isEncrypted)
    {
        using var upstream = new TcpUpstream(Echo);
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, GatewayFixture.Patient);
        await using var stream = await fixture.ConnectAsync(upstream.Port);
        byte[][] extensions = [Prefaces.Hello.ServerName("site.test"), .. Prefaces.Hello.Tls12, .. isEncrypted ? [Prefaces.Hello.Extension(0xFE0D, [0, 1, 2])] : (byte[][])[]];
        await stream.WriteAsync(Prefaces.Hello.Of(extensions));
        // The gateway's certificate, which TLS 1.2 shows to everybody.
        Assert.EndsWith("site.test", await RawHttp.ReadUntilAsync(stream, "site.test"), StringComparison.Ordinal);
        Assert.Equal(0, upstream.Accepted);
    }

    [Fact]
    public async Task MoreConnectionsThanTheLimit_WaitForOthersToEnd()
    {
        using var upstream = new TcpUpstream(Echo);
        await using var fixture = await GatewayFixture.StartAsync(_ => Task.CompletedTask, null, (options, upstream) => GatewayFixture.Patient(options, upstream) with { MaxConnections = 1 });
        await using var first = await fixture.ConnectAsync(upstream.Port);
        await first.WriteAsync("*1!"u8.ToArray());
        Assert.Equal("*1!", await RawHttp.ReadUntilAsync(first, "!"));

        await using var second = await fixture.ConnectAsync(upstream.Port);
        await second.WriteAsync("*2!"u8.ToArray());
        await first.WriteAsync("*3!"u8.ToArray());
        Assert.Equal("*3!", await RawHttp.ReadUntilAsync(first, "!"));
        Assert.Equal(1, upstream.Accepted);

        await first.DisposeAsync();
        Assert.Equal("*2!", await RawHttp.ReadUntilAsync(second, "!"));
    }
}
