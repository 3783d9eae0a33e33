using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

internal static unsafe partial class LibbpfCalls
{
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint btf__load_vmlinux_btf();

    [LibraryImport(Library)]
    public static partial void btf__free(nint btf);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int btf__find_by_name_kind(KernelTypes btf, string type_name, uint kind);
}

/// <summary>The running kernel's type information, <c>struct btf *</c>.</summary>
internal sealed class KernelTypes : SafeHandle
{
    private const uint BTF_KIND_TYPEDEF = 8;
    private const uint BTF_KIND_FUNC = 12;

    private KernelTypes(nint handle) : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    /// <exception cref="LibbpfException">The kernel has none.</exception>
    public static KernelTypes Load() => new(LibbpfCalls.CheckPointer(LibbpfCalls.btf__load_vmlinux_btf(), "read the kernel's types"));

    public bool HasFunction(string name) => LibbpfCalls.btf__find_by_name_kind(this, name, BTF_KIND_FUNC) > 0;

    /// <summary>Whether programs can attach to the tracepoint: the kernel names a type for each.</summary>
    public bool HasTracepoint(string name) => LibbpfCalls.btf__find_by_name_kind(this, "btf_trace_" + name, BTF_KIND_TYPEDEF) > 0;

    protected override bool ReleaseHandle()
    {
        LibbpfCalls.btf__free(handle);
        return true;
    }
}
