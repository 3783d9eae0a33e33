using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.Enforcers;

/// <summary>
/// Has the kernel verify the programs that the session will have while its policy is compiled. The session adopts what is there, and what was in
/// the way is its to report; what no session took is removed at the end.
/// </summary>
internal sealed class EarlyPrograms : IDisposable
{
    private readonly string _enforcer;
    private readonly Thread _thread;
    private BpfPrograms? _programs;

    private EarlyPrograms(string enforcer)
    {
        _enforcer = enforcer;
        _thread = new Thread(Load) { IsBackground = true, Name = "programs" };
        _thread.Start();
    }

    /// <summary>Null when the enforcer that was asked for, or the machine, has no use for them.</summary>
    public static EarlyPrograms? Begin(string enforcer) =>
        enforcer != EnforcerSelection.Seccomp && KernelSupport.Refusal([ProgramComponent.Network]) is null ? new EarlyPrograms(enforcer) : null;

    public void Dispose()
    {
        _thread.Join();
        Try(() => _programs?.RemoveUnused());
        _programs?.Dispose();
    }

    private void Load() => Try(() => _programs = BpfPrograms.Start(
        EnforcerSelection.HooksOf(_enforcer) is { } hooks ? [ProgramComponent.Files(hooks), ProgramComponent.Network] : [ProgramComponent.Network]));

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
