using System.Text;

namespace Leash.Bpf.Events;

/// <summary>
/// Which image each exec id stands for, as learnt from the events of execs. Used by the thread that reads a session's ring only.
/// </summary>
internal sealed class ExecTable
{
    private readonly Dictionary<ulong, ExecIdentity> _byId = [];
    private readonly Dictionary<(ExecLineage Before, string Exe, string Script), ExecIdentity> _interned = [];

    public int Count => _byId.Count;

    /// <summary>What is known about the exec ids that processes can have.</summary>
    public IReadOnlyDictionary<ulong, ExecIdentity> All => _byId;

    /// <summary>The image of an exec id; <see cref="ExecIdentity.Initial"/> of 0; null when its event was lost.</summary>
    public ExecIdentity? Find(ulong execId) => execId == 0 ? ExecIdentity.Initial : _byId.GetValueOrDefault(execId);

    /// <summary>Learns an exec. Without its parent nothing is known about the lineage, so it stays unknown.</summary>
    public ExecIdentity? Learn(ulong execId, ulong parentExecId, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> script)
    {
        if (execId == 0 || Find(parentExecId) is not { } parent)
        {
            return null;
        }

        return Restore(execId, parent.Lineage, exe, script);
    }

    /// <summary>Puts back what an earlier reader had learnt, of 0 for the lineages of others only.</summary>
    public ExecIdentity Restore(ulong execId, ExecLineage before, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> script)
    {
        var key = (before, Encoding.Latin1.GetString(exe), Encoding.Latin1.GetString(script));
        if (!_interned.TryGetValue(key, out ExecIdentity? identity))
        {
            identity = new ExecIdentity(before, exe.ToArray(), script.ToArray());
            _interned.Add(key, identity);
        }

        if (execId != 0)
        {
            _byId[execId] = identity;
        }

        return identity;
    }

    /// <summary>Forgets what no process runs any more.</summary>
    /// <param name="candidates">Exec ids whose last event was read before the living were counted.</param>
    /// <param name="living">Exec ids that processes have.</param>
    public void Forget(IEnumerable<ulong> candidates, IReadOnlySet<ulong> living)
    {
        foreach (ulong id in candidates)
        {
            if (!living.Contains(id))
            {
                _byId.Remove(id);
            }
        }

        HashSet<ExecIdentity> kept = [.. _byId.Values];
        foreach (var key in _interned.Where(pair => !kept.Contains(pair.Value)).Select(pair => pair.Key).ToArray())
        {
            _interned.Remove(key);
        }
    }
}
