using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Hosts;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Records;

namespace Leash.Gateway.Http;

/// <summary>Host, server name, tunnel, port and address have to say the same; where the request is spelled for a proxy, its host says where it goes.</summary>
internal sealed class HostAgreement(IHostNames names, Dialer dialer)
{
    /// <summary>The address to decide about and to dial, or why the request is refused. Neither when only an upstream proxy can resolve the name.</summary>
    public readonly record struct Result(GatewayRefusal? Refusal, IPAddress? Address);

    public async ValueTask<Result> CheckAsync(RequestHead head, InterceptedConnection connection, CancellationToken cancellationToken)
    {
        var host = head.Host;
        var route = connection.Route;
        if ((connection.ServerName is { } serverName && serverName != host) || (route.TunnelHost is { } tunnel && tunnel != host))
        {
            return new Result(GatewayRefusal.HostMismatch, null);
        }

        if (head.IsProxied && route.TunnelHost is null && !connection.IsTls)
        {
            return await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }

        if (head.Request.Port != route.Port)
        {
            return new Result(GatewayRefusal.PortMismatch, null);
        }

        if (route.TunnelHost is not null || connection.AgreedHost == host || await HasAddressAsync(host, route, cancellationToken).ConfigureAwait(false))
        {
            connection.AgreedHost = host;
            return new Result(null, route.Address);
        }

        return new Result(GatewayRefusal.AddressMismatch, null);
    }

    /// <summary>Whether a host has the address of a connection: by what the resolver told the session, or tells now.</summary>
    public async ValueTask<bool> HasAddressAsync(string host, ConnectionRoute route, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal.Equals(route.Address);
        }

        return names.NamesFor(route.Address!).Contains(host)
            || (await names.ResolveAsync(host, cancellationToken).ConfigureAwait(false)).Contains(route.Address!);
    }

    /// <summary>The first address of a host that a client named to a proxy.</summary>
    public async ValueTask<Result> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return new Result(null, literal);
        }

        // Behind an upstream proxy too: statements about addresses are decided by what is known here.
        return await names.ResolveAsync(host, cancellationToken).ConfigureAwait(false) is [var first, ..]
            ? new Result(null, first)
            : new Result(dialer.UsesProxy(host, null) ? null : GatewayRefusal.NameNotResolved, null);
    }
}
