using Leash.Sessions.Enforcers;
using Leash.Sessions.Init;

namespace Leash.Sessions;

/// <summary>What governs a session and what does not, as established by doing it.</summary>
internal sealed record ProtectionReport
{
    /// <summary>The enforcers by the names that <c>--enforcer</c> takes, files first.</summary>
    public required string Enforcer { get; init; }

    public required IsolationRung Isolation { get; init; }

    /// <summary>0 when the kernel has none.</summary>
    public required int LandlockAbi { get; init; }

    /// <summary>Path of the session's cgroup, or null.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Better enforcers that were tried and not taken.</summary>
    public IReadOnlyList<EnforcerRefusal> Refusals { get; init; } = [];

    /// <summary>One line per class of operations: what governs it, what does not, why.</summary>
    public required IReadOnlyList<ProtectionLine> Lines { get; init; }
}

/// <summary>One class of operations.</summary>
/// <param name="Subject">Files, processes, network …</param>
/// <param name="Holds">Whether all that leash promises for it holds.</param>
/// <param name="Text">What governs it, or what is missing and why.</param>
internal sealed record ProtectionLine(string Subject, bool Holds, string Text);
