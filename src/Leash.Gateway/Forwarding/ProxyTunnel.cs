using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Forwarding;

/// <summary>Asks a proxy for a tunnel (RFC 9110 §9.3.6).</summary>
internal static class ProxyTunnel
{
    private const int MaxHead = 16 << 10;

    /// <exception cref="DialException">The proxy refuses.</exception>
    /// <exception cref="IOException">The proxy breaks off.</exception>
    public static async ValueTask<DialedConnection> OpenAsync(
        DialedConnection connection, UpstreamProxy proxy, X509ChainPolicy? trust, string host, int port, CancellationToken cancellationToken)
    {
        var stream = connection.Stream;
        var isTls = proxy.Protocol == ProxyProtocol.Https;
        if (isTls)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = proxy.Host, CertificateChainPolicy = trust }, cancellationToken).ConfigureAwait(false);
            stream = tls;
        }

        var authority = $"{HostText.ToAuthority(host)}:{port}";
        var request = Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{Authorization(proxy.Credential)}\r\n");
        await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        if (!await ReadAnswerAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            throw new DialException(GatewayRefusal.ConnectFailed);
        }

        return new DialedConnection(stream, connection.Socket, connection.IsPlain && !isTls);
    }

    private static string Authorization(NetworkCredential? credential) => credential is null
        ? ""
        : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"))}\r\n";

    /// <summary>Byte by byte: what follows the empty line is the destination's, which may speak first.</summary>
    private static async ValueTask<bool> ReadAnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[MaxHead];
        for (var length = 0; length < MaxHead; length++)
        {
            if (await stream.ReadAsync(head.AsMemory(length, 1), cancellationToken).ConfigureAwait(false) == 0)
            {
                return false;
            }

            if (head[length] == '\n' && head.AsSpan(0, length + 1).EndsWith("\r\n\r\n"u8))
            {
                return head.AsSpan().StartsWith("HTTP/1.1 2"u8) || head.AsSpan().StartsWith("HTTP/1.0 2"u8);
            }
        }

        return false;
    }
}
