namespace Leash.Bpf.Endpoints;

/// <summary>How much about endpoints goes into the kernel. What does not fit is a diagnostic.</summary>
internal static class EndpointLimits
{
    /// <summary>Kinds of ports that are told apart, twice when transports are.</summary>
    public const int Columns = 4096;

    /// <summary>Rows of all vectors.</summary>
    public const int VectorRows = 16 << 20;

    /// <summary>Combinations of what holds for addresses and for names at once.</summary>
    public const int JointEntries = 1 << 20;

    /// <summary>Patterns, other than suffixes, of statements that depend on several tests.</summary>
    public const int JoinedPatterns = 10;

    /// <summary>What other patterns say, counted once each.</summary>
    public const int SeparatePatterns = 12;

    /// <summary>Classes of names before those that are alike become one.</summary>
    public const int NameCombinations = 1 << 18;
}
