using Leash.Sessions.InKernel;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>What enforces one session.</summary>
/// <param name="Choice">Their names, and what was not taken.</param>
/// <param name="Files">For files, programs and processes.</param>
/// <param name="Network">For endpoints.</param>
internal sealed record SessionEnforcers(EnforcerChoice Choice, IFileEnforcement Files, INetworkEnforcement Network) : IDisposable
{
    /// <param name="config">The session.</param>
    /// <param name="init">The pid of leash-init.</param>
    /// <param name="cgroup">The session's cgroup, still without processes, or null.</param>
    /// <exception cref="SessionException">What was asked for by name cannot be had.</exception>
    public static SessionEnforcers Choose(SessionConfig config, int init, SessionCgroup? cgroup)
    {
        bool brokered = !SeccompFiles.CanTakeDescriptors(init);
        using MachineTrials trials = new(config, cgroup, brokered);
        EnforcerChoice choice = EnforcerSelection.Choose(config.Enforcer, trials);
        if (choice.Set.Network == NetworkEnforcer.BpfCgroup && trials.Take() is { } kernel)
        {
            bool isSupervised = choice.Set.Files == FileEnforcer.Seccomp;
            return new SessionEnforcers(
                choice, isSupervised ? new SeccompFiles(brokered) : new KernelFiles(choice.Set.Files, kernel), new CgroupNetwork(kernel, isSupervised));
        }

        SeccompFiles files = new(brokered);
        return new SessionEnforcers(choice, files, new SeccompNetwork(files));
    }

    public void Dispose()
    {
        Files.Dispose();
        Network.Dispose();
    }
}
