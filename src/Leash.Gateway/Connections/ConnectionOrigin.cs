using System.Net;

namespace Leash.Gateway.Connections;

/// <summary>What a connection to the gateway was before it was redirected.</summary>
/// <param name="Destination">The address and port that the process wanted; never v4-mapped.</param>
/// <param name="Process">Who made it.</param>
public sealed record ConnectionOrigin(IPEndPoint Destination, GatewayProcess Process);
