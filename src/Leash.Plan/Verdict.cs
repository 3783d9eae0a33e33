namespace Leash.Plan;

/// <summary>Why a verdict is what it is.</summary>
public enum VerdictReason
{
    /// <summary>Denied: the request cannot be decided (a path that is not absolute, an unknown principal class). The default, so it fails closed.</summary>
    Undecidable,

    /// <summary>Denied: no permit matched.</summary>
    NoPermit,

    /// <summary>Denied: a forbid matched.</summary>
    Forbidden,

    /// <summary>Allowed: a permit matched and no forbid.</summary>
    Permitted,
}

/// <summary>A decision; the default value is a deny.</summary>
public readonly record struct Verdict(VerdictReason Reason)
{
    public bool Allowed => Reason == VerdictReason.Permitted;

    internal static Verdict Of(bool isPermitted, bool isForbidden) =>
        new(isForbidden ? VerdictReason.Forbidden : isPermitted ? VerdictReason.Permitted : VerdictReason.NoPermit);
}

/// <summary>A verdict with the statements that made it.</summary>
/// <param name="Verdict">The decision.</param>
/// <param name="Determining">The matching forbids or, without any, the matching permits; empty when nothing matched.</param>
public sealed record Explanation(Verdict Verdict, IReadOnlyList<PlanStatement> Determining)
{
    /// <summary>The distinct policy ids, in the order of the plan.</summary>
    public IEnumerable<string> PolicyIds => Determining.Select(statement => statement.PolicyId).Distinct(StringComparer.Ordinal);
}
