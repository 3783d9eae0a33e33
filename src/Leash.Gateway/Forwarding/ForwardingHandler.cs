using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Leash.Gateway.Forwarding;

/// <summary>The session's connections to destinations, pooled by host and port. It changes nothing by itself: no redirects, cookies, decompression or traces.</summary>
internal sealed class ForwardingHandler : IDisposable
{
    /// <summary>What a request carries to whoever dials for it.</summary>
    public static readonly HttpRequestOptionsKey<DialTarget> Target = new("leash.target");

    private const int MaxRememberedHosts = 1024;

    private readonly Dialer _dialer;
    private readonly ConcurrentDictionary<string, bool> _askForCertificates = new(StringComparer.OrdinalIgnoreCase);
    private readonly SocketsHttpHandler _handler;

    public ForwardingHandler(Dialer dialer, X509Certificate2Collection roots)
    {
        _dialer = dialer;
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // A server that answers before it has read the body may still be sending: nothing is drained for long.
            ResponseDrainTimeout = TimeSpan.FromSeconds(2),
            // Bytes above 127 go through as they are; see HeaderText.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = UpstreamTrust.For(roots),
                LocalCertificateSelectionCallback = SelectCertificate,
            },
        };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>Whether the host asked for a client certificate when it was last connected to.</summary>
    public bool AsksForCertificate(string host) => _askForCertificates.ContainsKey(host);

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // FAIL-CLOSED: without a target nothing was decided, and nothing is dialed.
        return context.InitialRequestMessage.Options.TryGetValue(Target, out var target)
            ? (await _dialer.DialAsync(target, cancellationToken).ConfigureAwait(false)).Stream
            : throw new DialException(Records.GatewayRefusal.ConnectFailed);
    }

    /// <summary>There is none to select; but being asked after the server showed its own means that the server asked.</summary>
    private X509Certificate SelectCertificate(object sender, string targetHost, X509CertificateCollection local, X509Certificate? remote, string[] issuers)
    {
        if (remote is not null && _askForCertificates.Count < MaxRememberedHosts)
        {
            _askForCertificates[targetHost] = true;
        }

        return null!;
    }
}
