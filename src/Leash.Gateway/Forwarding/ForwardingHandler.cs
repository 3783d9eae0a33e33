using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Leash.Gateway.Forwarding;

/// <summary>
/// The session's connections to destinations, pooled by address, host and port: a request that was decided about for one address is not sent to another on a
/// connection that is left from before. It changes nothing by itself: no redirects, cookies, decompression or traces.
/// </summary>
internal sealed class ForwardingHandler : IDisposable
{
    /// <summary>What a request carries to whoever dials for it.</summary>
    public static readonly HttpRequestOptionsKey<DialTarget> Target = new("leash.target");

    private const int MaxRememberedHosts = 1024;
    private const int MaxAddresses = 1024;

    private readonly Dialer _dialer;
    private readonly X509ChainPolicy? _trust;
    private readonly ConcurrentDictionary<string, bool> _askForCertificates = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<IPAddress, HttpMessageInvoker> _byAddress = [];

    public ForwardingHandler(Dialer dialer, X509ChainPolicy? trust) => (_dialer, _trust) = (dialer, trust);

    /// <summary>What sends requests to an address, or to a proxy that resolves their names when null.</summary>
    public HttpMessageInvoker InvokerFor(IPAddress? address)
    {
        if (_byAddress.Count >= MaxAddresses)
        {
            // Not disposed: they may be in use. Their connections end when they have been idle for a minute.
            _byAddress.Clear();
        }

        return _byAddress.GetOrAdd(address ?? IPAddress.None, _ => CreateInvoker());
    }

    /// <summary>Whether the host has asked for a client certificate.</summary>
    public bool AsksForCertificate(string host) => _askForCertificates.ContainsKey(host);

    public void Dispose()
    {
        foreach (var invoker in _byAddress.Values)
        {
            invoker.Dispose();
        }
    }

    private HttpMessageInvoker CreateInvoker() => new(
        new SocketsHttpHandler
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
                CertificateChainPolicy = _trust,
                LocalCertificateSelectionCallback = SelectCertificate,
            },
        },
        disposeHandler: true);

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
