using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Leash.Gateway.Dns;

/// <summary>What a session's resolver is made of.</summary>
/// <param name="Policy">Decides.</param>
/// <param name="Log">Receives decisions.</param>
/// <param name="Names">Filled with every answered address.</param>
/// <param name="Hosts">The machine's own names; also pinned into <paramref name="Names"/>.</param>
/// <param name="Servers">Where permitted names are resolved; with none, every such query is SERVFAIL at once.</param>
/// <param name="Time">Clock.</param>
public sealed record DnsServerOptions(IDnsPolicy Policy, IDnsLog Log, NameTable Names, HostsFile Hosts, IReadOnlyList<IPEndPoint> Servers, TimeProvider Time)
{
    /// <summary>How long one try at one server may take.</summary>
    public TimeSpan Timeout { get; init; } = DnsUpstream.DefaultTimeout;

    /// <summary>Whether to prefer the well-known port on an address of 127/8: needed by clients that can't name a port or check where replies come from.</summary>
    public bool TryWellKnownPort { get; init; } = true;
}

/// <summary>The session's resolver: UDP and TCP on one loopback port, IPv4 and (when the machine has it) IPv6.</summary>
public sealed class DnsServer : IDisposable
{
    private const int MaxQueries = 256;
    private const int MaxConnections = 64;
    private const int WellKnownPort = 53;
    private const int BindTries = 16;

    private static readonly TimeSpan ConnectionIdleTimeout = TimeSpan.FromSeconds(30);

    private readonly DnsResolver _resolver;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _queries = new(MaxQueries);
    private readonly SemaphoreSlim _connections = new(MaxConnections);
    private readonly List<Socket> _sockets = [];

    private DnsServer(DnsServerOptions options)
    {
        _time = options.Time;
        _resolver = CreateResolver(options);
        EndPoint = new IPEndPoint(IPAddress.Loopback, 0);
    }

    /// <summary>Where it listens, UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>Where it listens over IPv6, or null when the machine has no <c>::1</c>.</summary>
    public IPEndPoint? EndPointV6 { get; private set; }

    /// <summary>Binds and starts to answer.</summary>
    /// <exception cref="SocketException">No loopback port can be had.</exception>
    public static DnsServer Start(DnsServerOptions options)
    {
        foreach (var (name, address) in options.Hosts.Entries)
        {
            options.Names.Pin(name, address);
        }

        options.Names.Pin("localhost", IPAddress.Loopback);
        options.Names.Pin("localhost", IPAddress.IPv6Loopback);
        var server = new DnsServer(options);
        try
        {
            server.Bind(options.TryWellKnownPort);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        foreach (var socket in server._sockets)
        {
            _ = socket.SocketType == SocketType.Dgram ? server.ServeDatagramsAsync(socket) : server.ServeConnectionsAsync(socket);
        }

        return server;
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>What answers behind the sockets, for whoever asks without them.</summary>
    internal static DnsResolver CreateResolver(DnsServerOptions options)
    {
        var own = new Lazy<HashSet<IPAddress>>(FindOwnAddresses);
        var upstream = options.Servers.Count == 0 ? null : new DnsUpstream(options.Servers, options.Time, options.Timeout);
        return new DnsResolver(options.Policy, options.Log, options.Names, options.Hosts, upstream, address => own.Value.Contains(address));
    }

    private static HashSet<IPAddress> FindOwnAddresses()
    {
        var addresses = new HashSet<IPAddress>();
        foreach (var face in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var unicast in face.GetIPProperties().UnicastAddresses)
            {
                addresses.Add(AddressRanges.Canonical(unicast.Address));
            }
        }

        return addresses;
    }

    private void Bind(bool tryWellKnownPort)
    {
        EndPoint = (tryWellKnownPort ? BindWellKnown() : null) ?? BindAnyPort();
        var v6 = new IPEndPoint(IPAddress.IPv6Loopback, EndPoint.Port);
        EndPointV6 = Socket.OSSupportsIPv6 && (TryBind(v6) || TryBind(v6 = new IPEndPoint(IPAddress.IPv6Loopback, 0))) ? v6 : null;
        if (EndPointV6 is { Port: 0 })
        {
            EndPointV6 = (IPEndPoint)_sockets[^1].LocalEndPoint!;
        }
    }

    private IPEndPoint? BindWellKnown()
    {
        // 127.0.0.53 and .54 belong to systemd-resolved; a few others are tried so that sessions can run side by side.
        for (var host = 0; host < BindTries; host++)
        {
            var candidate = new IPEndPoint(new IPAddress([127, 76, 83, (byte)(1 + host)]), WellKnownPort);
            if (TryBind(candidate, out var refused))
            {
                return candidate;
            }

            if (refused)
            {
                return null;
            }
        }

        return null;
    }

    private IPEndPoint BindAnyPort()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var candidate = (IPEndPoint)probe.LocalEndPoint!;
            probe.Dispose();
            if (TryBind(candidate))
            {
                return candidate;
            }

            if (attempt == BindTries)
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }
    }

    private bool TryBind(IPEndPoint endPoint) => TryBind(endPoint, out _);

    private bool TryBind(IPEndPoint endPoint, out bool refused)
    {
        refused = false;
        var udp = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var tcp = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            tcp.Bind(endPoint);
            tcp.Listen(MaxConnections);
            udp.Bind(tcp.LocalEndPoint!);
            _sockets.Add(udp);
            _sockets.Add(tcp);
            return true;
        }
        catch (SocketException e)
        {
            refused = e.SocketErrorCode == SocketError.AccessDenied;
            udp.Dispose();
            tcp.Dispose();
            return false;
        }
    }

    private async Task ServeDatagramsAsync(Socket socket)
    {
        // Off the caller's thread at once: start-up should not pay for the first receive.
        await Task.Yield();
        var buffer = new byte[DnsWriter.MaxTcpLength];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stop.Token).ConfigureAwait(false);
                await _queries.WaitAsync(_stop.Token).ConfigureAwait(false);
                _ = AnswerDatagramAsync(socket, buffer.AsSpan(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint);
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // A client that closed its socket early (ICMP port unreachable) concerns nobody else.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task AnswerDatagramAsync(Socket socket, byte[] query, EndPoint client)
    {
        try
        {
            if (await _resolver.AnswerAsync(query, overTcp: false, _stop.Token).ConfigureAwait(false) is { } reply)
            {
                await socket.SendToAsync(reply, SocketFlags.None, client, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // FAIL-CLOSED: whatever went wrong, the query stays unanswered and the resolver goes on.
        }
        finally
        {
            _queries.Release();
        }
    }

    private async Task ServeConnectionsAsync(Socket listener)
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _connections.WaitAsync(_stop.Token).ConfigureAwait(false);
                var connection = await listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeConnectionAsync(connection);
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                _connections.Release();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeConnectionAsync(Socket connection)
    {
        try
        {
            using var stream = new NetworkStream(connection, ownsSocket: true);
            var header = new byte[2];
            while (true)
            {
                using var idle = new CancellationTokenSource(ConnectionIdleTimeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
                await stream.ReadExactlyAsync(header, either.Token).ConfigureAwait(false);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
                await stream.ReadExactlyAsync(query, either.Token).ConfigureAwait(false);
                if (await _resolver.AnswerAsync(query, overTcp: true, either.Token).ConfigureAwait(false) is not { } reply)
                {
                    return;
                }

                var framed = new byte[2 + reply.Length];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)reply.Length);
                reply.CopyTo(framed, 2);
                await stream.WriteAsync(framed, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // FAIL-CLOSED: the connection ends; what it asked for stays unanswered.
        }
        finally
        {
            _connections.Release();
        }
    }
}
