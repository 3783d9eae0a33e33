using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Certificates;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Hosts;
using Leash.Gateway.Http;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Records;
using Leash.Gateway.Splicing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Leash.Gateway;

/// <summary>The gateway of one session: where its connections are redirected to, decided, and forwarded from.</summary>
public sealed class SessionGateway : IAsyncDisposable
{
    private const int MaxPorts = 16;

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _free;
    private readonly SocketConnectionContextFactory _factory = AcceptLoop.CreateFactory();
    private readonly List<AcceptLoop> _loops = [];
    private readonly List<Task> _running = [];
    private readonly CurrentDecider _current;
    private readonly LeafCertificates _leaves;
    private readonly Lazy<ForwardingHandler> _forwarding;
    private readonly Interceptor _interceptor;
    private readonly ConnectionServer _server;

    private SessionGateway(SessionGatewayOptions options)
    {
        _free = new SemaphoreSlim(options.MaxConnections);
        _current = new CurrentDecider(options.Decider);
        _leaves = new LeafCertificates(options.Authority, options.Time);
        var journal = new GatewayJournal(options.Records, options.ShowsQueryValues);
        var names = new GuardedHostNames(options.Names);
        // With the first request: reading the machine's roots takes longer than starting everything else.
        var trust = new Lazy<X509ChainPolicy?>(() => UpstreamTrust.For(options.Roots));
        var dialer = new Dialer(names, options.Proxy, trust, options.Time);
        var agreement = new HostAgreement(names, dialer);
        var decisions = new RequestDecisions(_current, agreement, journal);
        _forwarding = new Lazy<ForwardingHandler>(() => new ForwardingHandler(dialer, trust.Value));
        _interceptor = new Interceptor(() => InterceptingServer.StartAsync(
            forwarder => new ExchangeHandler(decisions, _current, _forwarding.Value, dialer, journal, options.Time, forwarder), _leaves, options.HandshakeLimit, decisions.RecordMalformed));
        var splices = new SpliceServer(new SpliceDecisions(_current, names, journal), _current, dialer, journal, options.Time);
        _server = new ConnectionServer(options, _current, agreement, _interceptor, splices, journal);
    }

    /// <summary>Where connections are redirected to.</summary>
    public IPEndPoint EndPoint => _loops[0].EndPoint;

    /// <summary>Where connections over IPv6 are redirected to; null when the machine has no <c>::1</c>.</summary>
    public IPEndPoint? EndPointV6 => _loops.Count > 1 ? _loops[1].EndPoint : null;

    /// <summary>How many allowed requests and spliced connections are going on.</summary>
    public int OpenFlows => _current.OpenCount;

    /// <summary>Listens and serves.</summary>
    /// <exception cref="SocketException">No loopback port can be had.</exception>
    public static SessionGateway Start(SessionGatewayOptions options)
    {
        var gateway = new SessionGateway(options);
        gateway.Listen();
        return gateway;
    }

    /// <summary>
    /// Decides by another policy from the next request on. What is going on and denied by it (tunnels, WebSockets, streams, transfers) is closed before this returns.
    /// </summary>
    public void Exchange(IHttpDecider decider) => _current.Exchange(decider);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }

        await Task.WhenAll(_running).ConfigureAwait(false);
        await _interceptor.DisposeAsync().ConfigureAwait(false);
        if (_forwarding.IsValueCreated)
        {
            _forwarding.Value.Dispose();
        }

        _leaves.Dispose();
        _factory.Dispose();
    }

    private void Listen()
    {
        for (var i = 0; _loops.Count == 0; i++)
        {
            if (!TryListenOnOnePort() && i == MaxPorts)
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }

        foreach (var loop in _loops)
        {
            _running.Add(loop.RunAsync(client => _server.ServeAsync(client, _stop.Token), _stop.Token));
        }
    }

    /// <summary>One port for both addresses: programs in the kernel lead connections to it on either, and nobody else may listen there.</summary>
    private bool TryListenOnOnePort()
    {
        var v4 = AcceptLoop.TryListen(IPAddress.Loopback, 0, _factory, _free) ?? throw new SocketException((int)SocketError.AddressNotAvailable);
        if (AcceptLoop.TryListen(IPAddress.IPv6Loopback, v4.EndPoint.Port, _factory, _free) is { } v6)
        {
            _loops.AddRange([v4, v6]);
            return true;
        }

        using var other = AcceptLoop.TryListen(IPAddress.IPv6Loopback, 0, _factory, _free);
        if (other is null)
        {
            // The machine has no ::1.
            _loops.Add(v4);
            return true;
        }

        v4.Dispose();
        return false;
    }
}
