using System.Net;
using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A destination: Kestrel with TLS signed by a root of its own, and without TLS.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CertificateAuthority _root;
    private readonly LeafCertificates _leaves;

    private readonly int[] _connections;

    private Upstream(WebApplication application, CertificateAuthority root, LeafCertificates leaves, int[] connections)
    {
        _connections = connections;
        _application = application;
        _root = root;
        _leaves = leaves;
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(text => new Uri(text)).ToArray();
        TlsPort = addresses[0].Port;
        PlainPort = addresses[1].Port;
        PlainHttp2Port = addresses[2].Port;
        DemandingPort = addresses[3].Port;
    }

    /// <summary>How many connections without TLS were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections[0]);

    public int TlsPort { get; }

    public int PlainPort { get; }

    public int PlainHttp2Port { get; }

    /// <summary>Wants a certificate of its client.</summary>
    public int DemandingPort { get; }

    public X509Certificate2Collection Roots => [X509Certificate2.CreateFromPem(_root.CertificatePem)];

    public static async Task<Upstream> StartAsync(RequestDelegate serve, Func<string, string>? certificateFor = null)
    {
        var root = CertificateAuthority.Create(TimeProvider.System);
        var leaves = new LeafCertificates(root, TimeProvider.System);
        X509Certificate2 Select(string? name) => leaves.Get((certificateFor ?? (same => same))(string.IsNullOrEmpty(name) ? "127.0.0.1" : name)).TargetCertificate;
        var connections = new int[1];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.ConfigureHttpsDefaults(https =>
            {
                https.ServerCertificateSelector = (_, name) => Select(name);
                // Kestrel would close after 10 s, which is the time that the end of a handshake waits when hundreds begin at once on a busy machine.
                https.HandshakeTimeout = TimeSpan.FromMinutes(2);
            });
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps());
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref connections[0]);
                    return next(connection);
                });
            });
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.ClientCertificateMode = ClientCertificateMode.RequireCertificate));
        });
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(serve);
        await application.StartAsync();
        return new Upstream(application, root, leaves, connections);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
        _leaves.Dispose();
        _root.Dispose();
    }
}
