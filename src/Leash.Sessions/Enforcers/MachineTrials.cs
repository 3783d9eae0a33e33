using Leash.Interop;

namespace Leash.Sessions.Enforcers;

/// <summary>Tries enforcers on this machine.</summary>
internal sealed class MachineTrials : IEnforcerTrials
{
    private const string NotBuilt = "its programs are not in this build";

    public EnforcerTrial TryFiles(FileEnforcer files) => Precondition() ?? EnforcerTrial.Refused(NotBuilt);

    public EnforcerTrial TryNetwork(NetworkEnforcer network) => Precondition() ?? EnforcerTrial.Refused(NotBuilt);

    // Before anything is loaded: most sessions are those of ordinary users.
    private static EnforcerTrial? Precondition() => Kernel.Call(SyscallNumber.geteuid) == 0
        ? null
        : EnforcerTrial.Refused("needs root", "programs in the kernel are for root to load; `seccomp` governs the same without");
}
