namespace Leash.Sessions.Enforcers;

/// <summary>What enforces one session.</summary>
/// <param name="Set">Their names.</param>
/// <param name="Files">For files, programs and processes.</param>
/// <param name="Network">For endpoints.</param>
internal sealed record SessionEnforcers(EnforcerSet Set, IFileEnforcement Files, INetworkEnforcement Network) : IDisposable
{
    /// <summary>The supervisor for everything: what every machine with seccomp can have.</summary>
    public static SessionEnforcers Supervisor()
    {
        SeccompFiles files = new();
        return new SessionEnforcers(new EnforcerSet(FileEnforcer.Seccomp, NetworkEnforcer.Seccomp), files, new SeccompNetwork(files));
    }

    public void Dispose()
    {
        Files.Dispose();
        Network.Dispose();
    }
}
