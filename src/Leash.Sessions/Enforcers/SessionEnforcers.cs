namespace Leash.Sessions.Enforcers;

/// <summary>What enforces one session.</summary>
/// <param name="Choice">Their names, and what was not taken.</param>
/// <param name="Files">For files, programs and processes.</param>
/// <param name="Network">For endpoints.</param>
internal sealed record SessionEnforcers(EnforcerChoice Choice, IFileEnforcement Files, INetworkEnforcement Network) : IDisposable
{
    /// <exception cref="SessionException">What was asked for by name cannot be had.</exception>
    public static SessionEnforcers Choose(SessionConfig config)
    {
        EnforcerChoice choice = EnforcerSelection.Choose(config.Enforcer, new MachineTrials());
        SeccompFiles files = new();
        return new SessionEnforcers(choice, files, new SeccompNetwork(files));
    }

    public void Dispose()
    {
        Files.Dispose();
        Network.Dispose();
    }
}
