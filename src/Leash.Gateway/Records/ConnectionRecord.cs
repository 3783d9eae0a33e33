using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;

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
public sealed record ConnectionRecord(long Id, ConnectionTreatment Treatment, string? Name, EndPoint? Destination, GatewayProcess? Process)
{
    /// <summary>Why it was refused; null when it was allowed.</summary>
    public GatewayRefusal? Refusal { get; init; }

    /// <summary>Whether the policy denies it and is not enforced, so that it went on.</summary>
    public bool IsDeniedUnenforced { get; init; }

    /// <summary>What happened to it.</summary>
    public GatewayEffect Effect => Refusal is not null ? GatewayEffect.Deny : IsDeniedUnenforced ? GatewayEffect.WouldDeny : GatewayEffect.Allow;

    /// <summary>Why the policy denies it, in one line.</summary>
    public string? Reason { get; init; }

    /// <summary>How to ask for access to what the policy denies.</summary>
    public string? Help { get; init; }

    /// <summary>The statements that decided.</summary>
    public ImmutableArray<string> PolicyIds { get; init; } = [];
}
