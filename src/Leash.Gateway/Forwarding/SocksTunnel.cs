using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Gateway.Records;

namespace Leash.Gateway.Forwarding;

/// <summary>Asks a SOCKS proxy of version 5 for a connection (RFC 1928), with a user's name and password if there are any (RFC 1929). The proxy resolves names.</summary>
internal static class SocksTunnel
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte Password = 2;
    private const byte PasswordVersion = 1;
    private const byte Connect = 1;
    private const byte Ipv4 = 1;
    private const byte Name = 3;
    private const byte Ipv6 = 4;
    private const byte Succeeded = 0;
    private const int PortLength = 2;

    /// <exception cref="DialException">The proxy refuses.</exception>
    /// <exception cref="IOException">The proxy breaks off.</exception>
    public static async ValueTask<DialedConnection> OpenAsync(
        DialedConnection connection, UpstreamProxy proxy, string host, int port, CancellationToken cancellationToken)
    {
        var stream = connection.Stream;
        await AuthenticateAsync(stream, proxy.Credential, cancellationToken).ConfigureAwait(false);
        byte[] request = [Version, Connect, 0, .. AddressOf(host), 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(^PortLength), (ushort)port);
        await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        await ReadAnswerAsync(stream, cancellationToken).ConfigureAwait(false);
        return connection;
    }

    private static async ValueTask AuthenticateAsync(Stream stream, NetworkCredential? credential, CancellationToken cancellationToken)
    {
        byte[] methods = credential is null ? [Version, 1, NoAuthentication] : [Version, 2, NoAuthentication, Password];
        await stream.WriteAsync(methods, cancellationToken).ConfigureAwait(false);
        var chosen = await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false);
        if (credential is null || chosen is not [Version, Password])
        {
            RefuseUnless(chosen is [Version, NoAuthentication]);
            return;
        }

        await stream.WriteAsync((byte[])[PasswordVersion, .. Text(credential.UserName), .. Text(credential.Password)], cancellationToken).ConfigureAwait(false);
        RefuseUnless(await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false) is [PasswordVersion, Succeeded]);
    }

    /// <summary>To its last byte and no further: what follows is the destination's, which may speak first.</summary>
    private static async ValueTask ReadAnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = await ReadAsync(stream, 4, cancellationToken).ConfigureAwait(false);
        RefuseUnless(head is [Version, Succeeded, _, Ipv4 or Name or Ipv6]);
        var length = head[3] switch
        {
            Ipv4 => 4,
            Ipv6 => 16,
            _ => (await ReadAsync(stream, 1, cancellationToken).ConfigureAwait(false))[0],
        };
        await ReadAsync(stream, length + PortLength, cancellationToken).ConfigureAwait(false);
    }

    private static byte[] AddressOf(string host) => !IPAddress.TryParse(host, out var address) ? [Name, .. Text(host)]
        : address.AddressFamily == AddressFamily.InterNetwork ? [Ipv4, .. address.GetAddressBytes()]
        : [Ipv6, .. address.GetAddressBytes()];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        RefuseUnless(bytes.Length <= byte.MaxValue);
        return [(byte)bytes.Length, .. bytes];
    }

    private static async ValueTask<byte[]> ReadAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private static void RefuseUnless(bool isAsItShouldBe)
    {
        if (!isAsItShouldBe)
        {
            throw new DialException(GatewayRefusal.ConnectFailed);
        }
    }
}
