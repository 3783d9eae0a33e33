using Leash.Bpf;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.Enforcers;

/// <summary>Whether this machine can have programs in the kernel at all.</summary>
internal static class KernelSupport
{
    /// <summary>Why not, as far as it can be told before anything is loaded; most sessions are those of ordinary users.</summary>
    public static EnforcerTrial? Refusal(IReadOnlyList<ProgramComponent> components)
    {
        if (Kernel.Call(SyscallNumber.geteuid) != 0)
        {
            return EnforcerTrial.Refused("needs root", "programs in the kernel are for root to load; `seccomp` governs the same without");
        }

        return components.All(component => BpfObjects.Attached.Contains(component.Object))
            ? null
            : EnforcerTrial.Refused("its programs are not in this build");
    }

    /// <summary>Loads them and lets them go again, for <c>leash doctor</c>.</summary>
    public static EnforcerTrial TryLoading(IReadOnlyList<ProgramComponent> components)
    {
        if (Refusal(components) is { } refusal)
        {
            return refusal;
        }

        try
        {
            using BpfPrograms programs = BpfPrograms.Start(components);
            programs.RemoveUnused();
            return new EnforcerTrial(true, "works");
        }
        catch (Exception failure) when (failure is BpfStartException or LibbpfException)
        {
            return EnforcerTrial.Refused(FirstLine(failure));
        }
    }

    /// <summary>Without the verifier's log.</summary>
    public static string FirstLine(Exception failure) => failure.Message.Split('\n')[0];
}
