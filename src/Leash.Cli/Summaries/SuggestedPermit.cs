using Leash.Audit;

namespace Leash.Cli.Summaries;

/// <summary>The smallest statement that would permit what was denied.</summary>
internal static class SuggestedPermit
{
    /// <summary>A statement, or null when none can permit it.</summary>
    public static string? For(DenialSample sample) => null;
}
