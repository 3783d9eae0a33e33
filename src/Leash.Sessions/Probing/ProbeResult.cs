namespace Leash.Sessions.Probing;

/// <summary>How much a session depends on something.</summary>
internal enum ProbeWeight
{
    /// <summary>Without it no session starts.</summary>
    Required,

    /// <summary>Without it a session starts and says what it lacks.</summary>
    Recommended,

    /// <summary>For information.</summary>
    Optional,
}

/// <summary>One thing that was tried on this machine.</summary>
/// <param name="Id">Stable, for programs: <c>seccomp_notify</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Works">Whether the try succeeded.</param>
/// <param name="Weight">What depends on it.</param>
/// <param name="Detail">What happened: the kernel's answer, a version.</param>
/// <param name="Help">How to get it, when it does not work and there is a way.</param>
internal sealed record ProbeResult(string Id, string Title, bool Works, ProbeWeight Weight, string Detail, string? Help);

/// <summary>An enforcer by the name that <c>--enforcer</c> takes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsAvailable">Whether a session can be started under it here and now.</param>
/// <param name="Reason">Why not, or what it governs.</param>
/// <param name="Help">How to get it, when it is not available and there is a way.</param>
internal sealed record EnforcerStatus(string Name, bool IsAvailable, string Reason, string? Help = null);

/// <summary>What this machine can enforce, each claim proven by trying.</summary>
internal sealed record MachineReport(string Kernel, IReadOnlyList<EnforcerStatus> Enforcers, IReadOnlyList<ProbeResult> Results)
{
    /// <summary>Whether a session can start.</summary>
    public bool CanRun => Results.All(r => r.Works || r.Weight != ProbeWeight.Required);
}
