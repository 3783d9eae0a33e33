namespace Leash.Bpf.Plans;

/// <summary>How much of a plan goes into the kernel. What does not fit is a diagnostic.</summary>
internal static class KernelLimits
{
    /// <summary>Bytes of a whole plan.</summary>
    public const int PlanBytes = 256 << 20;

    /// <summary>States of one automaton.</summary>
    public const int DfaStates = 60_000;

    /// <summary>Bytes of the transitions of one automaton.</summary>
    public const int DfaBytes = 16 << 20;

    /// <summary>Bytes of the two tables by which principals move.</summary>
    public const int PrincipalBytes = 16 << 20;

    /// <summary>Bytes of the rows, and as many of the verdicts on arguments.</summary>
    public const int RowBytes = 64 << 20;
}

/// <summary>A plan beyond <see cref="KernelLimits.PlanBytes"/>.</summary>
internal sealed class PlanTooLargeException : Exception;
