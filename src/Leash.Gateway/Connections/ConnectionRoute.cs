using System.Net;

namespace Leash.Gateway.Connections;

/// <summary>Where a connection, or a tunnel in it, is going.</summary>
/// <param name="TunnelHost">The host that a CONNECT request named; null outside of tunnels.</param>
/// <param name="Address">The address that was connected to, or the first of the tunnel's host; null when only an upstream proxy resolves that.</param>
/// <param name="Port">The port there.</param>
/// <param name="Process">Who.</param>
/// <param name="Depth">How many tunnels it is in.</param>
internal sealed record ConnectionRoute(string? TunnelHost, IPAddress? Address, int Port, GatewayProcess Process, int Depth)
{
    /// <summary>The same for records.</summary>
    public EndPoint EndPoint => TunnelHost is not null ? new DnsEndPoint(TunnelHost, Port) : new IPEndPoint(Address!, Port);

    public static ConnectionRoute Direct(ConnectionOrigin origin) =>
        new(null, Dns.AddressRanges.Canonical(origin.Destination.Address), origin.Destination.Port, origin.Process, 0);
}
