using System.Collections.Immutable;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;

namespace Leash.Gateway.Records;

/// <summary>What was decided about a request or a connection.</summary>
/// <param name="Id">Counts requests and connections of one gateway.</param>
/// <param name="Process">Who asked; null when not known.</param>
public abstract record DecisionRecord(long Id, GatewayProcess? Process)
{
    /// <summary>Why it was refused; null when it was allowed.</summary>
    public GatewayRefusal? Refusal { get; init; }

    /// <summary>Whether the policy denies it and is not enforced, so that it went on.</summary>
    public bool IsDeniedUnenforced { get; init; }

    /// <summary>What happened to it.</summary>
    public GatewayEffect Effect => Refusal is not null ? GatewayEffect.Deny : IsDeniedUnenforced ? GatewayEffect.WouldDeny : GatewayEffect.Allow;

    /// <summary>Why, in one line: of the policy's denial, or of a request that cannot be read.</summary>
    public string? Reason { get; init; }

    /// <summary>How to ask for access to what the policy denies.</summary>
    public string? Help { get; init; }

    /// <summary>The statements that decided.</summary>
    public ImmutableArray<string> PolicyIds { get; init; } = [];
}
