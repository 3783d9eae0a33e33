using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Forwarding;

/// <summary>Makes connections to destinations: to the address that was decided about, or by name through a proxy.</summary>
internal sealed class Dialer(IHostNames names, UpstreamProxy? proxy, Lazy<X509ChainPolicy?> trust, TimeProvider time)
{
    private const int MaxOthers = 4;

    // The kernel's limit for each address, 7 s (1 + 2 + 4) without an answer: a limit of the gateway's own would also end when this machine was too busy to see it.
    private const int TcpSynCount = 7;
    private const int SynRetries = 2;

    /// <summary>How long a proxy may take to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether names may be left to the proxy to resolve.</summary>
    public bool UsesProxy(string? host, IPAddress? address) => proxy?.IsFor(host, address) == true;

    /// <exception cref="DialException">It is not reached.</exception>
    public async ValueTask<DialedConnection> DialAsync(DialTarget target, CancellationToken cancellationToken)
    {
        if (UsesProxy(target.Host, target.Address))
        {
            return await DialThroughProxyAsync(proxy!, target, cancellationToken).ConfigureAwait(false);
        }

        if (target.Address is null)
        {
            throw new DialException(GatewayRefusal.NameNotResolved);
        }

        return await DialAddressAsync(target.Address, target.Port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Other addresses of a name, for when the one that was decided about does not answer: to the client, which cannot try them, it has. Each has to be decided.
    /// </summary>
    public async ValueTask<IEnumerable<IPAddress>> FindOthersAsync(string? host, IPAddress? address, CancellationToken cancellationToken) =>
        host is null || address is null || IPAddress.TryParse(host, out _) || UsesProxy(host, address)
            ? []
            : (await names.ResolveAsync(host, cancellationToken).ConfigureAwait(false)).Where(other => !other.Equals(address)).Take(MaxOthers);

    private static async ValueTask<DialedConnection> DialAddressAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpSynCount, BitConverter.GetBytes(SynRetries));
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return new DialedConnection(new NetworkStream(socket, ownsSocket: true), socket, IsPlain: true);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new DialException(GatewayRefusal.ConnectFailed, e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private async ValueTask<DialedConnection> DialThroughProxyAsync(UpstreamProxy through, DialTarget target, CancellationToken cancellationToken)
    {
        var connection = await DialProxyAsync(through, cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // By name where there is one: proxies filter by name, and their resolver may know what ours does not.
            var host = target.Host ?? target.Address!.ToString();
            return through.Protocol == ProxyProtocol.Socks5
                ? await SocksTunnel.OpenAsync(connection, through, host, target.Port, either.Token).ConfigureAwait(false)
                : await ProxyTunnel.OpenAsync(connection, through, trust.Value, host, target.Port, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await connection.Stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw e is DialException ? e : new DialException(GatewayRefusal.ConnectFailed, e);
        }
    }

    // The proxy is named by whoever started the session: its name is the machine's to resolve, not the session's.
    private static async ValueTask<DialedConnection> DialProxyAsync(UpstreamProxy through, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await System.Net.Dns.GetHostAddressesAsync(through.Host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new DialException(GatewayRefusal.ConnectFailed, e);
        }

        DialException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await DialAddressAsync(address, through.Port, cancellationToken).ConfigureAwait(false);
            }
            catch (DialException e)
            {
                last = e;
            }
        }

        throw last ?? new DialException(GatewayRefusal.ConnectFailed);
    }
}
