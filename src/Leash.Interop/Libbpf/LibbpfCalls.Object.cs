using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

internal static unsafe partial class LibbpfCalls
{
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint bpf_object__open_mem(byte* obj_buf, nuint obj_buf_sz, BpfObjectOpenOptions* opts);

    [LibraryImport(Library)]
    public static partial int bpf_object__load(BpfObjectHandle obj);

    [LibraryImport(Library)]
    public static partial void bpf_object__close(nint obj);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_program(BpfObjectHandle obj, nint prog);

    [LibraryImport(Library)]
    public static partial nint bpf_object__next_map(BpfObjectHandle obj, nint map);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_program_by_name(BpfObjectHandle obj, string name);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint bpf_object__find_map_by_name(BpfObjectHandle obj, string name);
}

/// <summary><c>struct bpf_object_open_opts</c>, bpf/libbpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfObjectOpenOptions
{
    public nuint sz;
    public byte* object_name;
    public byte relaxed_maps;
    public byte* pin_root_path;
    public uint reserved;
    public byte* kconfig;
    public byte* btf_custom_path;
    public byte* kernel_log_buf;
    public nuint kernel_log_size;
    public uint kernel_log_level;
}
