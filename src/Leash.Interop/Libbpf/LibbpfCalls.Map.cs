using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

internal static unsafe partial class LibbpfCalls
{
    // The first arguments of bpf_map__* are borrowed pointers: OpenedMap keeps their object alive.
    [LibraryImport(Library)]
    public static partial byte* bpf_map__name(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__reuse_fd(nint map, MapFd fd);

    [LibraryImport(Library)]
    public static partial int bpf_map__set_max_entries(nint map, uint max_entries);

    [LibraryImport(Library)]
    public static partial int bpf_map__set_inner_map_fd(nint map, MapFd fd);

    [LibraryImport(Library)]
    public static partial byte bpf_map__is_internal(nint map);

    [LibraryImport(Library)]
    public static partial int bpf_map__set_initial_value(nint map, byte* data, nuint size);

    [LibraryImport(Library)]
    public static partial byte* bpf_map__initial_value(nint map, nuint* psize);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_map_create(
        BpfMapType map_type, string map_name, uint key_size, uint value_size, uint max_entries, BpfMapCreateOptions* opts);

    [LibraryImport(Library)]
    public static partial int bpf_map_update_elem(MapFd fd, byte* key, byte* value, ulong flags);

    [LibraryImport(Library)]
    public static partial int bpf_map_lookup_elem(MapFd fd, byte* key, byte* value);

    [LibraryImport(Library)]
    public static partial int bpf_map_delete_elem(MapFd fd, byte* key);

    [LibraryImport(Library)]
    public static partial int bpf_map_get_next_key(MapFd fd, byte* key, byte* next_key);

    [LibraryImport(Library)]
    public static partial int bpf_map_get_next_id(uint start_id, uint* next_id);

    [LibraryImport(Library)]
    public static partial int bpf_map_get_fd_by_id(uint id);
}

/// <summary><c>struct bpf_map_create_opts</c>, bpf/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfMapCreateOptions
{
    public nuint sz;
    public uint btf_fd;
    public uint btf_key_type_id;
    public uint btf_value_type_id;
    public uint btf_vmlinux_value_type_id;
    public uint inner_map_fd;
    public uint map_flags;
    public ulong map_extra;
    public uint numa_node;
    public uint map_ifindex;
}
