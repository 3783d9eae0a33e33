using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

internal static unsafe partial class LibbpfCalls
{
    // The first arguments of bpf_program__* are borrowed pointers: OpenedProgram keeps their object alive.
    [LibraryImport(Library)]
    public static partial byte* bpf_program__name(nint prog);

    [LibraryImport(Library)]
    public static partial byte* bpf_program__section_name(nint prog);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_autoload(nint prog, byte autoload);

    [LibraryImport(Library)]
    public static partial byte bpf_program__autoload(nint prog);

    [LibraryImport(Library)]
    public static partial BpfProgramType bpf_program__type(nint prog);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_type(nint prog, BpfProgramType type);

    [LibraryImport(Library)]
    public static partial BpfAttachType bpf_program__expected_attach_type(nint prog);

    [LibraryImport(Library)]
    public static partial int bpf_program__set_expected_attach_type(nint prog, BpfAttachType type);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_program__set_attach_target(nint prog, int attach_prog_fd, string attach_func_name);

    [LibraryImport(Library)]
    public static partial int bpf_program__fd(nint prog);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_prog_load(
        BpfProgramType prog_type, string prog_name, string license, ulong* insns, nuint insn_cnt, BpfProgramLoadOptions* opts);

    [LibraryImport(Library)]
    public static partial int bpf_prog_test_run_opts(ProgramFd prog_fd, BpfTestRunOptions* opts);

    [LibraryImport(Library)]
    public static partial int bpf_prog_get_next_id(uint start_id, uint* next_id);

    [LibraryImport(Library)]
    public static partial int bpf_prog_get_fd_by_id(uint id);
}

/// <summary><c>struct bpf_prog_load_opts</c>, bpf/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfProgramLoadOptions
{
    public nuint sz;
    public int attempts;
    public BpfAttachType expected_attach_type;
    public uint prog_btf_fd;
    public uint prog_flags;
    public uint prog_ifindex;
    public uint kern_version;
    public uint attach_btf_id;
    public uint attach_prog_fd;
    public uint attach_btf_obj_fd;
    public int* fd_array;
    public void* func_info;
    public uint func_info_cnt;
    public uint func_info_rec_size;
    public void* line_info;
    public uint line_info_cnt;
    public uint line_info_rec_size;
    public uint log_level;
    public uint log_size;
    public byte* log_buf;
}

/// <summary><c>struct bpf_test_run_opts</c>, bpf/bpf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BpfTestRunOptions
{
    public nuint sz;
    public byte* data_in;
    public byte* data_out;
    public uint data_size_in;
    public uint data_size_out;
    public byte* ctx_in;
    public byte* ctx_out;
    public uint ctx_size_in;
    public uint ctx_size_out;
    public uint retval;
    public int repeat;
    public uint duration;
    public uint flags;
    public uint cpu;
    public uint batch_size;
}
