using System.Net;
using Leash.Gateway.Connections;

namespace Leash.Gateway.Records;

/// <summary>How a connection was treated.</summary>
public enum ConnectionTreatment
{
    /// <summary>Refused; nothing was sent anywhere.</summary>
    Refused,

    /// <summary>Passed on untouched: not HTTP, as far as its beginning shows.</summary>
    Spliced,

    /// <summary>TLS that stays closed: decided by its name only.</summary>
    Passthrough,
}

/// <summary>One connection that is not HTTP to the gateway, or that never became it.</summary>
/// <param name="Id">Counts requests and connections of one gateway.</param>
/// <param name="Treatment">What became of it.</param>
/// <param name="Name">The host that it named, if any.</param>
/// <param name="Destination">Where the process wanted to go; null when not known.</param>
/// <param name="Process">Who; null when not known.</param>
public sealed record ConnectionRecord(long Id, ConnectionTreatment Treatment, string? Name, EndPoint? Destination, GatewayProcess? Process) : DecisionRecord(Id, Process);
