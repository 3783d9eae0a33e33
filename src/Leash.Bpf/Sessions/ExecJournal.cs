using System.Buffers.Binary;
using Leash.Bpf.Events;

namespace Leash.Bpf.Sessions;

/// <summary>
/// What was learnt about execs, on disk, so that another process that holds the session knows what its processes run. A record is
/// exec id, length of the executable's path, of the script's, number of paths before, and these with their lengths.
/// </summary>
internal sealed class ExecJournal : IDisposable
{
    private readonly FileStream _stream;
    private readonly MemoryStream _waiting = new();

    private ExecJournal(FileStream stream) => _stream = stream;

    /// <summary>Opens a journal, and hands what it holds to a table. A record that was cut off is removed.</summary>
    public static ExecJournal Open(string path, ExecTable table)
    {
        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        int end = 0;
        for (int at = 0; TryRead(content, ref at, table);)
        {
            end = at;
        }

        stream.SetLength(end);
        stream.Position = end;
        return new ExecJournal(stream);
    }

    /// <summary>Adds a record, which <see cref="Flush"/> writes.</summary>
    public void Add(ulong execId, ExecIdentity identity)
    {
        Write(execId);
        Write(identity.Exe);
        Write(identity.Script);
        byte[][] before = identity.Before.ToArray();
        Write((ulong)before.Length);
        foreach (byte[] path in before)
        {
            Write(path);
        }
    }

    public void Flush()
    {
        if (_waiting.Length > 0)
        {
            _waiting.WriteTo(_stream);
            _waiting.SetLength(0);
        }
    }

    /// <summary>Keeps only what a table holds.</summary>
    public void Rewrite(ExecTable table)
    {
        _waiting.SetLength(0);
        _stream.SetLength(0);
        foreach ((ulong id, ExecIdentity identity) in table.All)
        {
            Add(id, identity);
        }

        Flush();
    }

    public void Dispose() => _stream.Dispose();

    private static bool TryRead(ReadOnlySpan<byte> content, ref int at, ExecTable table)
    {
        if (!TryRead(content, ref at, out ulong id) || !TryRead(content, ref at, out byte[] exe)
            || !TryRead(content, ref at, out byte[] script) || !TryRead(content, ref at, out ulong count))
        {
            return false;
        }

        List<byte[]> before = [];
        for (ulong i = 0; i < count; i++)
        {
            if (!TryRead(content, ref at, out byte[] path))
            {
                return false;
            }

            before.Add(path);
        }

        table.Restore(id, before, exe, script);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> content, ref int at, out ulong value)
    {
        bool isThere = content.Length - at >= sizeof(ulong);
        value = isThere ? BinaryPrimitives.ReadUInt64LittleEndian(content[at..]) : 0;
        at += isThere ? sizeof(ulong) : 0;
        return isThere;
    }

    private static bool TryRead(ReadOnlySpan<byte> content, ref int at, out byte[] text)
    {
        text = [];
        if (!TryRead(content, ref at, out ulong length) || length > (ulong)(content.Length - at))
        {
            return false;
        }

        text = content.Slice(at, (int)length).ToArray();
        at += (int)length;
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
