namespace Leash.Sessions.Enforcers;

/// <summary>What came of trying an enforcer on this machine.</summary>
/// <param name="Works">Whether a session can have it.</param>
/// <param name="Reason">Why not, or what was found.</param>
/// <param name="Help">What to do about it, when there is something.</param>
internal sealed record EnforcerTrial(bool Works, string Reason, string? Help = null)
{
    /// <summary>The statements that it cannot enforce exactly, each with its reason; empty when the machine is the reason.</summary>
    public IReadOnlyList<string> Statements { get; init; } = [];

    public static EnforcerTrial Refused(string reason, string? help = null) => new(false, reason, help);
}

/// <summary>Tries enforcers for one session. A trial that works is the last one: the session uses what it made.</summary>
internal interface IEnforcerTrials
{
    /// <summary>Programs on files, and with them those on the session's cgroup.</summary>
    EnforcerTrial TryFiles(FileEnforcer files);

    /// <summary>Programs on the session's cgroup alone.</summary>
    EnforcerTrial TryNetwork();
}
