using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.Enforcers;

/// <summary>
/// Has the kernel verify the programs on cgroups while the policy is compiled. The session adopts what is there, and what was in the way is
/// its to report; what no session took is removed at the end.
/// </summary>
internal sealed class EarlyPrograms : IDisposable
{
    private static readonly ProgramComponent[] Components = [ProgramComponent.Network];
    private readonly Thread _thread;
    private BpfPrograms? _programs;

    private EarlyPrograms()
    {
        _thread = new Thread(Load) { IsBackground = true, Name = "programs" };
        _thread.Start();
    }

    /// <summary>Null when the enforcer that was asked for, or the machine, has no use for them.</summary>
    public static EarlyPrograms? Begin(string enforcer) =>
        enforcer is EnforcerSelection.Auto or EnforcerSelection.BpfCgroup && KernelSupport.Refusal(Components) is null ? new EarlyPrograms() : null;

    public void Dispose()
    {
        _thread.Join();
        Try(() => _programs?.RemoveUnused());
        _programs?.Dispose();
    }

    private void Load() => Try(() => _programs = BpfPrograms.Start(Components));

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is BpfStartException or LibbpfException or IOException or UnauthorizedAccessException)
        {
            // The session meets the same and says so; what stays behind, the next start removes.
        }
    }
}
