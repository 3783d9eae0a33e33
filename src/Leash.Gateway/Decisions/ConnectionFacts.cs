using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;

namespace Leash.Gateway.Decisions;

/// <summary>How far a connection that is not opened was understood.</summary>
public enum SplicedProtocol
{
    /// <summary>Not HTTP and not TLS, as far as its beginning shows.</summary>
    Opaque,

    /// <summary>TLS that stays closed.</summary>
    Tls,
}

/// <summary>What is decided about a connection whose bytes go through untouched.</summary>
/// <param name="Protocol">What it is.</param>
/// <param name="Name">The host that it names by itself (SNI or CONNECT), canonical; null without one.</param>
/// <param name="Address">Where it goes; null when only an upstream proxy will know.</param>
/// <param name="Port">The port there.</param>
/// <param name="KnownNames">The names under which the session's resolver gave that address.</param>
/// <param name="Process">Who made it.</param>
public sealed record ConnectionFacts(
    SplicedProtocol Protocol, string? Name, IPAddress? Address, int Port, ImmutableArray<string> KnownNames, GatewayProcess Process);
