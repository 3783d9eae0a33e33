using System.Collections.Concurrent;
using Leash.Bpf.Programs;

namespace Leash.Cli.Daemon;

/// <summary>
/// Keeps the kernel programs of sessions that have ended, as long as the daemon runs: the next session adopts them, where the kernel would take
/// seconds to verify them again.
/// </summary>
internal sealed class KeptPrograms
{
    private readonly ConcurrentDictionary<string, BpfPrograms> _kept = new(StringComparer.Ordinal);

    /// <param name="pins">Their directory.</param>
    public void Keep(string pins) => _kept.GetOrAdd(pins, BpfPrograms.Open).Keep();

    public void LetGo()
    {
        foreach (var programs in _kept.Values)
        {
            programs.LetGo();
            programs.Dispose();
        }
    }
}
