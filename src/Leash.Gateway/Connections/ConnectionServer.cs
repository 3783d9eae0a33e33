using System.Net;
using Leash.Gateway.Decisions;
using Leash.Gateway.Http;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Prefaces;
using Leash.Gateway.Records;
using Leash.Gateway.Splicing;

namespace Leash.Gateway.Connections;

/// <summary>Takes one accepted connection to whoever serves it: finds its origin, looks at its beginning, intercepts, splices or refuses.</summary>
internal sealed class ConnectionServer(
    SessionGatewayOptions options, CurrentDecider current, HostAgreement agreement, Interceptor interceptor, SpliceServer splices, GatewayJournal journal)
{
    private const int MaxTunnels = 2;

    /// <summary>Serves it until it is over, or somebody else holds it.</summary>
    public async Task ServeAsync(ClientConnection client, CancellationToken cancellationToken)
    {
        var origin = await FindOriginAsync(client, cancellationToken).ConfigureAwait(false);
        if (origin is null)
        {
            // FAIL-CLOSED: without an origin there is nobody to decide for.
            journal.Decided(new ConnectionRecord(
                journal.NextId(), ConnectionTreatment.Refused, null, null, null) { Refusal = GatewayRefusal.UnknownOrigin });
            await client.AbortAsync().ConfigureAwait(false);
            return;
        }

        await ServeAsync(client, ConnectionRoute.Direct(origin), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ConnectionOrigin?> FindOriginAsync(ClientConnection client, CancellationToken cancellationToken)
    {
        if (client.Context.RemoteEndPoint is not IPEndPoint peer || client.Context.LocalEndPoint is not IPEndPoint local)
        {
            return null;
        }

        try
        {
            return await options.Origins.FindAsync(peer, local, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // FAIL-CLOSED: as if it were not known.
            return null;
        }
    }

    private async Task ServeAsync(ClientConnection client, ConnectionRoute route, CancellationToken cancellationToken)
    {
        Preface? preface;
        try
        {
            preface = await ReadPrefaceAsync(client, route, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await RefuseAsync(client, route, null, GatewayRefusal.PrefaceTimeout, default).ConfigureAwait(false);
            return;
        }

        if (preface is null)
        {
            await client.CloseAsync(default).ConfigureAwait(false);
            return;
        }

        await (preface.Kind switch
        {
            PrefaceKind.Tls => ServeTlsAsync(client, route, preface.Hello!, cancellationToken),
            PrefaceKind.Http1 => interceptor.ServeAsync(client, new InterceptedConnection(route, null, isTls: false), InterceptedProtocol.Http1),
            PrefaceKind.Http2 => interceptor.ServeAsync(client, new InterceptedConnection(route, null, isTls: false), InterceptedProtocol.Http2),
            PrefaceKind.Connect => ServeTunnelAsync(client, route, preface, cancellationToken),
            PrefaceKind.Refused => RefuseAsync(client, route, null, preface.Refusal!.Value, FarewellFor(preface.Refusal.Value)),
            PrefaceKind.Opaque or PrefaceKind.Incomplete => splices.ServeAsync(client, route, SplicedProtocol.Opaque, route.TunnelHost, default, cancellationToken),
        }).ConfigureAwait(false);
    }

    /// <summary>The beginning; null when there is none, or when the connection was served without.</summary>
    private async ValueTask<Preface?> ReadPrefaceAsync(ClientConnection client, ConnectionRoute route, CancellationToken cancellationToken)
    {
        if (!await HasBytesAsync(client, options.SilenceBeforeDial, cancellationToken).ConfigureAwait(false))
        {
            switch (await splices.ServeSilentAsync(client, route, cancellationToken).ConfigureAwait(false))
            {
                case SilentOutcome.Served:
                    return null;
                case SilentOutcome.MayNotAsk when !await HasBytesAsync(client, options.SilenceLimit, cancellationToken).ConfigureAwait(false):
                    await splices.ServeAsync(client, route, SplicedProtocol.Opaque, route.TunnelHost, default, cancellationToken).ConfigureAwait(false);
                    return null;
            }
        }

        using var limit = new CancellationTokenSource(options.PrefaceLimit, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await PrefacePeek.ReadAsync(client.Input, either.Token).ConfigureAwait(false);
    }

    /// <summary>Whether the client says anything, or closes, within a time.</summary>
    private async ValueTask<bool> HasBytesAsync(ClientConnection client, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (HasBytes(client))
        {
            return true;
        }

        using var limit = new CancellationTokenSource(patience, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await client.Input.ReadAsync(either.Token).ConfigureAwait(false);
            client.Input.AdvanceTo(result.Buffer.Start);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HasBytes(client);
        }
    }

    private static bool HasBytes(ClientConnection client)
    {
        if (!client.Input.TryRead(out var ready))
        {
            return false;
        }

        client.Input.AdvanceTo(ready.Buffer.Start);
        return true;
    }

    private async Task ServeTlsAsync(ClientConnection client, ConnectionRoute route, ClientHello hello, CancellationToken cancellationToken)
    {
        var connection = new InterceptedConnection(route, hello.ServerName, isTls: true);
        if (hello.MayBeHttp && !IsPassthrough(connection.CertificateHost, route.Port))
        {
            await interceptor.ServeAsync(client, connection, InterceptedProtocol.Tls).ConfigureAwait(false);
            return;
        }

        if (await FindMismatchAsync(hello, route, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            await RefuseAsync(client, route, hello.ServerName, refusal, Farewell.Tls(refusal)).ConfigureAwait(false);
            return;
        }

        await splices.ServeAsync(
            client, route, SplicedProtocol.Tls, hello.ServerName ?? route.TunnelHost, Farewell.Tls(GatewayRefusal.Denied), cancellationToken).ConfigureAwait(false);
    }

    private bool IsPassthrough(string host, int port)
    {
        try
        {
            return current.Decider.IsPassthrough(host, port);
        }
        catch (Exception)
        {
            // FAIL-CLOSED: opened, so that each request is decided.
            return false;
        }
    }

    private async ValueTask<GatewayRefusal?> FindMismatchAsync(ClientHello hello, ConnectionRoute route, CancellationToken cancellationToken)
    {
        if (hello.HasEncryptedHello)
        {
            return GatewayRefusal.EncryptedClientHello;
        }

        if (hello.ServerName is not { } name)
        {
            return null;
        }

        return route.TunnelHost is { } tunnel
            ? (tunnel == name ? null : GatewayRefusal.HostMismatch)
            : await agreement.HasAddressAsync(name, route, cancellationToken).ConfigureAwait(false) ? null : GatewayRefusal.AddressMismatch;
    }

    private async Task ServeTunnelAsync(ClientConnection client, ConnectionRoute route, Preface preface, CancellationToken cancellationToken)
    {
        var target = preface.Target;
        if (route.Depth == MaxTunnels)
        {
            await RefuseAsync(client, route, target.Host, GatewayRefusal.NestedTunnel, FarewellFor(GatewayRefusal.NestedTunnel)).ConfigureAwait(false);
            return;
        }

        var resolved = await agreement.ResolveAsync(target.Host, cancellationToken).ConfigureAwait(false);
        if (resolved.Refusal is { } refusal)
        {
            await RefuseAsync(client, route, target.Host, refusal, FarewellFor(refusal)).ConfigureAwait(false);
            return;
        }

        var read = await client.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        client.Input.AdvanceTo(read.Buffer.GetPosition(preface.Length));
        await client.Context.Transport.Output.WriteAsync("HTTP/1.1 200 Connection Established\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        var tunnel = new ConnectionRoute(target.Host, resolved.Address, target.Port, route.Process, route.Depth + 1);
        await ServeAsync(client, tunnel, cancellationToken).ConfigureAwait(false);
    }

    private async Task RefuseAsync(ClientConnection client, ConnectionRoute route, string? name, GatewayRefusal refusal, ReadOnlyMemory<byte> farewell)
    {
        journal.Decided(new ConnectionRecord(
            journal.NextId(), ConnectionTreatment.Refused, name ?? route.TunnelHost, route.EndPoint, route.Process) { Refusal = refusal });
        await client.CloseAsync(farewell).ConfigureAwait(false);
    }

    private static byte[] FarewellFor(GatewayRefusal refusal) => refusal switch
    {
        GatewayRefusal.MalformedClientHello or GatewayRefusal.InvalidServerName or GatewayRefusal.EncryptedClientHello => Farewell.Tls(refusal),
        _ => Farewell.Http(new ConnectionRecord(0, ConnectionTreatment.Refused, null, null, null), refusal),
    };
}
