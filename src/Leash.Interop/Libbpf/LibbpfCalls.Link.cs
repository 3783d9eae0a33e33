using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

internal static unsafe partial class LibbpfCalls
{
    /// <summary>Falls back to <c>BPF_RAW_TRACEPOINT_OPEN</c> where the kernel's link_create does not know the attach type.</summary>
    [LibraryImport(Library)]
    public static partial int bpf_link_create(ProgramFd prog_fd, int target_fd, BpfAttachType attach_type, void* opts);

    [LibraryImport(Library)]
    public static partial int bpf_link_detach(LinkFd link_fd);

    [LibraryImport(Library)]
    public static partial int bpf_link_get_next_id(uint start_id, uint* next_id);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_obj_pin(BpfDescriptor fd, string pathname);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int bpf_obj_get(string pathname);

    [LibraryImport(Library)]
    public static partial int bpf_obj_get_info_by_fd(BpfDescriptor bpf_fd, void* info, uint* info_len);
}
