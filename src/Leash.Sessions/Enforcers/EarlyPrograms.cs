using Leash.Bpf.Probing;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.Enforcers;

/// <summary>
/// Has the kernel verify the programs that the session will have while its policy is compiled. The session adopts what is there, and what was in
/// the way is its to report; what no session took is removed at the end.
/// </summary>
internal sealed class EarlyPrograms : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private readonly string _enforcer;
    private readonly Timer _slow;
    private readonly Thread _thread;
    private BpfPrograms? _programs;

    private EarlyPrograms(string enforcer, Action onSlow, TimeSpan patience)
    {
        _enforcer = enforcer;
        _slow = new Timer(_ => onSlow(), state: null, patience, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Load) { IsBackground = true, Name = "programs" };
        _thread.Start();
    }

    /// <summary>Null when the enforcer that was asked for, or the machine, has no use for them.</summary>
    /// <param name="enforcer">As asked for.</param>
    /// <param name="onSlow">Called, on another thread, when the kernel needs longer than a user likes to wait without a word.</param>
    /// <param name="patience">How long that is; 2 s when null.</param>
    public static EarlyPrograms? Begin(string enforcer, Action onSlow, TimeSpan? patience = null) =>
        enforcer != EnforcerSelection.Seccomp && KernelSupport.Refusal([ProgramComponent.Network]) is null
            ? new EarlyPrograms(enforcer, onSlow, patience ?? _patience) : null;

    public void Dispose()
    {
        _thread.Join();
        Try(() => _programs?.RemoveUnused());
        _programs?.Dispose();
    }

    private void Load()
    {
        Try(() => _programs = BpfPrograms.Start([.. Hooks().Take(1).Select(ProgramComponent.Files), ProgramComponent.Network]));
        _slow.Dispose();
    }

    private IEnumerable<HookKind> Hooks() => EnforcerSelection.HooksOf(_enforcer).Where(kind => BpfProbe.Missing(kind) is null);

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
