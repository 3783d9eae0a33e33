using System.Buffers.Binary;
using Leash.Bpf.Events;

namespace Leash.Bpf.Sessions;

/// <summary>
/// What was learnt about execs, on disk, so that another process that holds the session knows what its processes run. A record is
/// exec id, number of the record whose lineage came before (the first is 1; 0: nothing came before), length of the executable's path, the
/// path, length of the script's, and it. So a record is as long as what is new. One of exec id 0 is only there for others to name.
/// </summary>
internal sealed class ExecJournal : IDisposable
{
    private const int BufferSize = 65_536;
    private readonly FileStream _stream;
    private readonly MemoryStream _waiting = new();
    private readonly Dictionary<ExecLineage, ulong> _written = [];
    private ulong _count;

    private ExecJournal(FileStream stream) => _stream = stream;

    /// <summary>Opens a journal, and hands what it holds to a table. A record that was cut off is removed.</summary>
    public static ExecJournal Open(string path, ExecTable table)
    {
        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = BufferSize,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            ExecJournal journal = new(stream);
            List<ExecLineage> lineages = [ExecLineage.Empty];
            long end = 0;
            while (journal.TryRead(lineages, table))
            {
                end = stream.Position;
            }

            stream.SetLength(end);
            stream.Position = end;
            return journal;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds a record, which <see cref="Flush"/> writes.</summary>
    public void Add(ulong execId, ExecIdentity identity) =>
        Write(execId, Number(identity.Before), identity.Exe, identity.Script, identity.Lineage);

    public void Flush()
    {
        if (_waiting.Length > 0)
        {
            _waiting.WriteTo(_stream);
            _stream.Flush();
            _waiting.SetLength(0);
        }
    }

    /// <summary>Keeps only what a table holds.</summary>
    public void Rewrite(ExecTable table)
    {
        _waiting.SetLength(0);
        _stream.SetLength(0);
        _written.Clear();
        _count = 0;

        // Parents first: they need no records for others then.
        foreach ((ulong id, ExecIdentity identity) in table.All.OrderBy(entry => entry.Key))
        {
            Add(id, identity);
        }

        Flush();
    }

    public void Dispose() => _stream.Dispose();

    // The record that ends with a lineage. Those of execs that were forgotten before they were written get one of no exec.
    private ulong Number(ExecLineage lineage)
    {
        Stack<ExecLineage> missing = new();
        ulong number = 0;
        for (ExecLineage? at = lineage; at is { Count: > 0 } && !_written.TryGetValue(at, out number); at = at.Before)
        {
            missing.Push(at);
        }

        while (missing.TryPop(out ExecLineage? next))
        {
            number = Write(0, number, next.Path, [], next);
        }

        return number;
    }

    private ulong Write(ulong execId, ulong before, byte[] exe, byte[] script, ExecLineage lineage)
    {
        Write(execId);
        Write(before);
        Write(exe);
        Write(script);
        _written.TryAdd(lineage, ++_count);
        return _count;
    }

    private bool TryRead(List<ExecLineage> lineages, ExecTable table)
    {
        if (!TryRead(out ulong id) || !TryRead(out ulong before) || before >= (ulong)lineages.Count
            || !TryRead(out byte[] exe) || !TryRead(out byte[] script))
        {
            return false;
        }

        ExecLineage lineage = table.Restore(id, lineages[(int)before], exe, script).Lineage;
        lineages.Add(lineage);
        _written.TryAdd(lineage, ++_count);
        return true;
    }

    private bool TryRead(out ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bool isThere = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
        value = isThere ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return isThere;
    }

    private bool TryRead(out byte[] text)
    {
        text = [];
        if (!TryRead(out ulong length) || length > (ulong)(_stream.Length - _stream.Position) || length > (ulong)Array.MaxLength)
        {
            return false;
        }

        text = new byte[length];
        _stream.ReadExactly(text);
        return true;
    }

    private void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _waiting.Write(bytes);
    }

    private void Write(byte[] text)
    {
        Write((ulong)text.Length);
        _waiting.Write(text);
    }
}
