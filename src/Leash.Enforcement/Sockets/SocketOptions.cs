using System.Collections.Immutable;
using System.Net;

namespace Leash.Enforcement.Sockets;

/// <summary>What the socket handlers need to know about a session besides its plan.</summary>
internal sealed record SocketOptions
{
    /// <summary>The host names under which an address was learnt, lower case; a v4-mapped address is its IPv4 address.</summary>
    public required Func<IPAddress, ImmutableArray<string>> NamesFor { get; init; }

    /// <summary>The session's resolver, UDP and TCP; traffic to port 53 of any address goes here. Null refuses such traffic by policy like any other.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>The resolver's IPv6 address, for sockets that cannot reach IPv4; null when there is none.</summary>
    public IPEndPoint? ResolverV6 { get; init; }

    /// <summary>Where TCP connections that are permitted go; null for where they wanted to.</summary>
    public GatewayRedirect? Gateway { get; init; }

    /// <summary>For sessions whose endpoints programs in the kernel decide on as well; null for others.</summary>
    public ISocketDelegation? Delegation { get; init; }
}
