using System.Collections.Concurrent;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;

namespace Leash.Cli.Daemon;

/// <summary>
/// Keeps the kernel programs of sessions that have ended, as long as the daemon runs: the next session adopts them, where the kernel would take
/// seconds to verify them again. That saves time and nothing else, so no session suffers when it cannot be done.
/// </summary>
internal sealed class KeptPrograms
{
    private readonly ConcurrentDictionary<string, BpfPrograms> _kept = new(StringComparer.Ordinal);

    /// <param name="pins">Their directory.</param>
    public void Keep(string pins) => Try(_kept.GetOrAdd(pins, BpfPrograms.Open).Keep);

    public void LetGo()
    {
        foreach (var programs in _kept.Values)
        {
            Try(programs.LetGo);
            programs.Dispose();
        }
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is BpfStartException or LibbpfException or IOException or UnauthorizedAccessException)
        {
            // Whoever is named as their keeper counts for nothing once it has ended, and a start removes what is left then.
        }
    }
}
