using System.Collections.Immutable;
using Leash.Plan;

namespace Leash.Policy.Http;

/// <summary>What happens to a request.</summary>
public enum HttpOutcome
{
    /// <summary>It is not sent. The default, so it fails closed.</summary>
    Denied,

    /// <summary>It would not be sent if the mode enforced the policy; it is.</summary>
    WouldDeny,

    /// <summary>It is sent.</summary>
    Allowed,
}

/// <summary>Why.</summary>
public enum HttpReason
{
    /// <summary>Denied: the process or the address is not one that can be decided about.</summary>
    Undecidable,

    /// <summary>Denied: no permit for connecting to the host, or none for the request where there are some for its host.</summary>
    NoPermit,

    /// <summary>Denied: a forbid matched.</summary>
    Forbidden,

    /// <summary>Denied: the request is permitted as it is written, and not as some servers read it.</summary>
    AmbiguousReading,

    /// <summary>Denied: two statements change the same header in different ways.</summary>
    ContradictingRewrites,

    /// <summary>Denied: statements on requests can apply to the host, and the connection is not read as requests.</summary>
    NotReadable,

    /// <summary>Allowed.</summary>
    Permitted,
}

/// <summary>The decision on a request.</summary>
/// <param name="Outcome">What happens to it.</param>
/// <param name="Reason">Why.</param>
/// <param name="PolicyIds">The policies that made it so; empty for lack of a permit.</param>
/// <param name="PolicyReason">What the author of the first of them says, or null.</param>
/// <param name="Help">For whoever is denied: one or more lines, or null.</param>
/// <param name="Edits">Changes of headers to make; they do not contradict each other.</param>
/// <param name="Withheld">Changes that are not made, because the connection is not verified TLS.</param>
public sealed record HttpDecision(
    HttpOutcome Outcome, HttpReason Reason, ImmutableArray<string> PolicyIds, string? PolicyReason, string? Help,
    ImmutableArray<PlannedEdit> Edits, ImmutableArray<PlannedEdit> Withheld)
{
    /// <summary>Whether the request is sent.</summary>
    public bool IsSent => Outcome != HttpOutcome.Denied;
}
