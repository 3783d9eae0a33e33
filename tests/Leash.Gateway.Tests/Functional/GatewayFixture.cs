using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Certificates;
using Leash.Gateway.Decisions;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A gateway between clients and a destination, all in this process, on real sockets. <c>site.test</c> is the destination.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    public const string Host = "site.test";

    private readonly CertificateAuthority _authority;

    private GatewayFixture(Upstream upstream, SessionGateway gateway, CertificateAuthority authority, FakeOrigins origins, FakeNames names, FakeRecords records)
    {
        Upstream = upstream;
        Gateway = gateway;
        _authority = authority;
        Origins = origins;
        Names = names;
        Records = records;
    }

    public Upstream Upstream { get; }

    public SessionGateway Gateway { get; }

    public FakeOrigins Origins { get; }

    public FakeNames Names { get; }

    public FakeRecords Records { get; }

    public static async Task<GatewayFixture> StartAsync(
        RequestDelegate serve, IHttpDecider? decider = null, Func<SessionGatewayOptions, Upstream, SessionGatewayOptions>? configure = null, Func<string, string>? certificateFor = null)
    {
        var upstream = await Upstream.StartAsync(serve, certificateFor);
        var authority = CertificateAuthority.Create(TimeProvider.System);
        var (origins, names, records) = (new FakeOrigins(), new FakeNames(), new FakeRecords());
        names.Add(Host, IPAddress.Loopback);
        var options = new SessionGatewayOptions(origins, decider ?? new FakeDecider(), names, records, authority, TimeProvider.System) { Roots = upstream.Roots };
        var gateway = SessionGateway.Start(configure is null ? options : configure(options, upstream));
        return new GatewayFixture(upstream, gateway, authority, origins, names, records);
    }

    public static Task<GatewayFixture> StartAsync(string answer, IHttpDecider? decider = null) => StartAsync(context => context.Response.WriteAsync(answer), decider);

    /// <summary>A gateway that asks no destination whether it speaks first: clients of a busy machine may be slow to begin.</summary>
    public static SessionGatewayOptions Patient(SessionGatewayOptions options, Upstream upstream) => options with { SilenceBeforeDial = TimeSpan.FromMinutes(1) };

    public Uri Https(string path = "/") => new($"https://{Host}:{Upstream.TlsPort}{path}");

    public Uri Http(string path = "/") => new($"http://{Host}:{Upstream.PlainPort}{path}");

    /// <summary>A connection to the gateway, as if it had been redirected from a destination.</summary>
    public async Task<NetworkStream> ConnectAsync(IPEndPoint destination)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Origins.Register(((IPEndPoint)socket.LocalEndPoint!).Port, destination);
        await socket.ConnectAsync(Gateway.EndPoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public Task<NetworkStream> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>TLS to the gateway, trusting its authority.</summary>
    public async Task<SslStream> ConnectTlsAsync(int port, string host = Host, params List<SslApplicationProtocol> protocols)
    {
        var tls = new SslStream(await ConnectAsync(port));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = TrustGateway(), ApplicationProtocols = protocols }, Deadline.Token);
        return tls;
    }

    /// <summary>A client that trusts the gateway, and whose connections all go through it.</summary>
    public HttpClient CreateClient(Version? version = null)
    {
        var handler = CreateHandler();
        return new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(120),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var address = IPAddress.TryParse(context.DnsEndPoint.Host, out var literal)
                ? literal
                : (await Names.ResolveAsync(context.DnsEndPoint.Host, cancellationToken))[0];
            return await ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port));
        },
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustGateway() },
    };

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        _authority.Dispose();
    }

    public X509ChainPolicy TrustGateway() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509Certificate2.CreateFromPem(_authority.CertificatePem) },
    };
}
