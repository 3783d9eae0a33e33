using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Leash.Sessions.Init;

/// <summary>What leash-init is told to set up, and its serialised form (<c>struct config</c> of init/leash-init.h).</summary>
internal sealed record InitConfig
{
    private const uint Magic = 0x3148534c;
    private const int HeaderSize = 48;

    public required byte[] Filter { get; init; }

    public required IReadOnlyList<byte[]> Arguments { get; init; }

    public required IReadOnlyList<byte[]> Environment { get; init; }

    public IReadOnlyList<BindMount> Binds { get; init; } = [];

    /// <summary>Where the command starts; empty to stay.</summary>
    public string Directory { get; init; } = "";

    public LandlockFloor Landlock { get; init; }

    public ulong KeepCapabilities { get; init; }

    /// <summary>Soft limit on open files; null to leave it.</summary>
    public ulong? OpenFiles { get; init; }

    /// <summary>Slave side of the session's terminal, or -1.</summary>
    public int Terminal { get; init; } = -1;

    public bool TerminalInBackground { get; init; }

    /// <summary>Bit n: descriptor n becomes the terminal.</summary>
    public int TerminalMask { get; init; }

    public CgroupHandles? Cgroup { get; init; }

    /// <summary>Descriptors in the order in which leash-init takes them, without the blob itself.</summary>
    public int[] Descriptors()
    {
        List<int> list = new(4);
        if (Terminal >= 0)
        {
            list.Add(Terminal);
        }

        if (Cgroup is { } cgroup)
        {
            list.Add(cgroup.Processes);
            list.Add(cgroup.Parent);
            if (cgroup.Kill >= 0)
            {
                list.Add(cgroup.Kill);
            }
        }

        return [.. list];
    }

    public byte[] Serialize()
    {
        ArrayBufferWriter<byte> writer = new(16 * 1024);
        WriteHeader(writer.GetSpan(HeaderSize));
        writer.Advance(HeaderSize);
        writer.Write(Filter);
        WriteString(writer, Cgroup?.Name ?? "");
        WriteString(writer, Directory);
        foreach (byte[] argument in Arguments)
        {
            WriteString(writer, argument);
        }

        foreach (byte[] variable in Environment)
        {
            WriteString(writer, variable);
        }

        foreach (BindMount bind in Binds)
        {
            WriteString(writer, bind.ReadOnly ? "ro" : "rw");
            WriteString(writer, bind.Source);
            WriteString(writer, bind.Target);
        }

        return writer.WrittenSpan.ToArray();
    }

    private void WriteHeader(Span<byte> header)
    {
        uint flags = (Terminal >= 0 ? 1u : 0)
            | (TerminalInBackground ? 2u : 0)
            | (Cgroup is null ? 0 : 4u)
            | (Cgroup is { Kill: >= 0 } ? 8u : 0)
            | (Landlock == LandlockFloor.Everything ? 16u : 0)
            | (Landlock == LandlockFloor.Signals ? 32u : 0);
        ReadOnlySpan<uint> words =
        [
            Magic, flags, (uint)Filter.Length, (uint)Arguments.Count, (uint)Environment.Count, (uint)Binds.Count, (uint)TerminalMask, 0,
        ];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[(i * 4)..], words[i]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], KeepCapabilities);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], OpenFiles ?? ulong.MaxValue);
    }

    private static void WriteString(ArrayBufferWriter<byte> writer, string text) => WriteString(writer, Encoding.UTF8.GetBytes(text));

    private static void WriteString(ArrayBufferWriter<byte> writer, byte[] text)
    {
        writer.Write(text);
        writer.Write([(byte)0]);
    }
}

/// <summary>What Landlock takes away under the filter.</summary>
internal enum LandlockFloor
{
    /// <summary>Nothing: the kernel has no Landlock.</summary>
    None,

    /// <summary>Everything that the supervisor performs for the command.</summary>
    Everything,

    /// <summary>Signals to the outside (from Linux 6.12 on): all else the command does itself, where it is decided by hooks.</summary>
    Signals,
}
