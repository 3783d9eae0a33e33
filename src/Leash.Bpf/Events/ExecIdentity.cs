namespace Leash.Bpf.Events;

/// <summary>
/// What policies can know about the image that a process runs: its executable, and every executable and script on the way to it.
/// Order and repetition in the lineage mean nothing to a policy, so equal sets met in one order are one object.
/// </summary>
internal sealed class ExecIdentity
{
    /// <summary>A session's first process before its first exec.</summary>
    public static ExecIdentity Initial { get; } = new(ExecLineage.Empty, [], []);

    public ExecIdentity(ExecLineage before, byte[] exe, byte[] script)
    {
        Before = before;
        Exe = exe;
        Script = script;
        Lineage = before.With(script).With(exe);
    }

    /// <summary>What had been executed before.</summary>
    public ExecLineage Before { get; }

    /// <summary>Canonical path of the executable; empty before the first exec.</summary>
    public byte[] Exe { get; }

    /// <summary>The script that the executable interprets, or empty.</summary>
    public byte[] Script { get; }

    /// <summary><see cref="Before"/> and this.</summary>
    public ExecLineage Lineage { get; }
}

/// <summary>Distinct paths in the order in which they were first executed.</summary>
internal sealed class ExecLineage
{
    private ExecLineage(ExecLineage? before, byte[] path)
    {
        Before = before;
        Path = path;
        Count = before is null ? 0 : before.Count + 1;
    }

    public static ExecLineage Empty { get; } = new(null, []);

    /// <summary>All but the last; null of <see cref="Empty"/>.</summary>
    public ExecLineage? Before { get; }

    /// <summary>The last.</summary>
    public byte[] Path { get; }

    public int Count { get; }

    /// <summary>This and one more path; the same object when it is there already or is empty.</summary>
    public ExecLineage With(byte[] path)
    {
        if (path.Length == 0)
        {
            return this;
        }

        for (ExecLineage? at = this; at is not null; at = at.Before)
        {
            if (at.Path.AsSpan().SequenceEqual(path))
            {
                return this;
            }
        }

        return new ExecLineage(this, path);
    }

    /// <summary>The paths, the first one first.</summary>
    public byte[][] ToArray()
    {
        byte[][] paths = new byte[Count][];
        ExecLineage at = this;
        for (int i = Count - 1; i >= 0; i--)
        {
            paths[i] = at.Path;
            at = at.Before!;
        }

        return paths;
    }
}
