using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Interop.Libbpf;

/// <summary>The first members of <c>struct bpf_map_info</c>, linux/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfMapInfo
{
    public BpfMapType type;
    public uint id;
    public uint key_size;
    public uint value_size;
    public uint max_entries;
    public uint map_flags;
    public BpfName name;
}

/// <summary>The first members of <c>struct bpf_prog_info</c>, linux/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfProgramInfo
{
    public BpfProgramType type;
    public uint id;
    public ulong tag;
    public uint jited_prog_len;
    public uint xlated_prog_len;
    public ulong jited_prog_insns;
    public ulong xlated_prog_insns;
    public ulong load_time;
    public uint created_by_uid;
    public uint nr_map_ids;
    public ulong map_ids;
    public BpfName name;
}

/// <summary>The first members of <c>struct bpf_link_info</c>, linux/bpf.h, with those of a cgroup's link.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfLinkInfo
{
    public uint type;
    public uint id;
    public uint prog_id;
    public uint padding;
    public ulong cgroup_id;
    public uint attach_type;
    public uint padding2;
}

/// <summary><c>char name[BPF_OBJ_NAME_LEN]</c>.</summary>
[InlineArray(16)]
internal struct BpfName
{
    private byte _first;

    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

/// <summary>What the kernel knows of a map, program or link.</summary>
internal static unsafe class BpfInfo
{
    public static T Get<T>(BpfDescriptor descriptor)
        where T : unmanaged
    {
        T info = default;
        uint size = (uint)sizeof(T);

        // SAFETY: the kernel writes at most `size` bytes of a local.
        LibbpfCalls.Check(LibbpfCalls.bpf_obj_get_info_by_fd(descriptor, &info, &size), "ask the kernel about a descriptor");
        return info;
    }
}
