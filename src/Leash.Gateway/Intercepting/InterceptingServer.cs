using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Leash.Gateway.Certificates;
using Leash.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Leash.Gateway.Intercepting;

/// <summary>Kestrel without sockets: it opens TLS and reads HTTP on the connections it is given. Nothing of it exists before the first.</summary>
internal sealed class InterceptingServer : IAsyncDisposable
{
    // RFC 9112 §2.2 lets a recipient take a bare LF for the end of a line; then it has to be sure that nobody behind it reads it otherwise.
    private const string DisableBareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    private static readonly IdnMapping Labels = new() { AllowUnassigned = true };

    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly WebApplication _application;
    private readonly InterceptionTransport _transport;
    private readonly IDisposable _badRequests;

    private InterceptingServer(WebApplication application, InterceptionTransport transport, IDisposable badRequests)
    {
        _application = application;
        _transport = transport;
        _badRequests = badRequests;
    }

    /// <summary>Starts it.</summary>
    /// <param name="createHandler">Makes what serves requests, given what forwards them.</param>
    /// <param name="leaves">The certificates to show.</param>
    /// <param name="patience">How long a handshake, or a request's headers, may take.</param>
    /// <param name="onBadRequest">Told about what Kestrel refused by itself.</param>
    public static async Task<InterceptingServer> StartAsync(
        Func<IHttpForwarder, ExchangeHandler> createHandler, LeafCertificates leaves, TimeSpan patience, Action<InterceptedConnection> onBadRequest)
    {
        AppContext.SetSwitch(DisableBareLineFeeds, true);
        var transport = new InterceptionTransport();
        var errors = new ProtocolErrors(onBadRequest);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => Configure(options, transport, leaves, patience, errors, onBadRequest));
        errors.AddTo(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(transport);
        builder.Services.AddHttpForwarder();
        var application = builder.Build();
        var handler = createHandler(application.Services.GetRequiredService<IHttpForwarder>());
        application.Run(handler.ServeAsync);
        var badRequests = BadRequestObserver.Subscribe(application.Services.GetRequiredService<DiagnosticListener>(), onBadRequest);
        await application.StartAsync().ConfigureAwait(false);
        return new InterceptingServer(application, transport, badRequests);
    }

    /// <summary>Serves a connection whose bytes are all still unread.</summary>
    /// <returns>False when the server has ended.</returns>
    public bool TryServe(ConnectionContext connection, InterceptedProtocol protocol) => _transport.For(protocol).TryAdd(connection);

    public async ValueTask DisposeAsync()
    {
        // Cancelled from the start: nobody waits for streams that may never end.
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(now.Token).ConfigureAwait(false);
        _badRequests.Dispose();
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions options, InterceptionTransport transport, LeafCertificates leaves, TimeSpan patience, ProtocolErrors errors,
        Action<InterceptedConnection> onBadRequest)
    {
        options.AddServerHeader = false;
        // A client may send what it likes for as long as it likes, once it has said what it wants.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.RequestHeadersTimeout = patience;
        options.Limits.MaxRequestLineSize = 32 << 10;
        options.Limits.MaxRequestHeadersTotalSize = 128 << 10;
        options.Limits.MaxRequestHeaderCount = 256;
        options.Limits.Http2.MaxRequestHeaderFieldSize = 64 << 10;
        // Bytes above 127 go through as they are; see HeaderText.
        options.RequestHeaderEncodingSelector = static name => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? LengthEncoding.Instance : Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ConfigureEndpointDefaults(listen => listen.Use(errors.Watch));
        options.Listen(transport.For(InterceptedProtocol.Http1).EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        options.Listen(transport.For(InterceptedProtocol.Http2).EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
        options.Listen(transport.For(InterceptedProtocol.Tls).EndPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = context => SelectOptions(context, leaves, onBadRequest), HandshakeTimeout = patience });
        });
    }

    private static ValueTask<SslServerAuthenticationOptions> SelectOptions(
        TlsHandshakeCallbackContext context, LeafCertificates leaves, Action<InterceptedConnection> onBadRequest)
    {
        var connection = context.Connection.Features.Get<InterceptedConnection>()!;
        // FAIL-CLOSED: what was decided about is the name that the gateway's own parser read; TLS must have read the same.
        if (!string.Equals(ToAscii(context.ClientHelloInfo.ServerName), connection.ServerName ?? "", StringComparison.OrdinalIgnoreCase))
        {
            onBadRequest(connection);
            throw new AuthenticationException("the server name was read in two ways");
        }

        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = leaves.Get(connection.CertificateHost),
            ApplicationProtocols = Protocols,
        });
    }

    /// <summary>The name as it was sent: SslStream shows A-labels in Unicode (RFC 5890). Null when it was none of those.</summary>
    private static string? ToAscii(string name)
    {
        try
        {
            return name.Length == 0 ? "" : Labels.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
