namespace Leash.Interop.Libbpf;

/// <summary>
/// An object whose programs and maps are in the kernel. What it hands out are descriptors of their own, which outlive it; what nobody
/// holds, pins or attaches is gone when it is disposed.
/// </summary>
internal sealed class LoadedBpfObject : IDisposable
{
    private readonly BpfObjectHandle _handle;

    internal LoadedBpfObject(BpfObjectHandle handle) => _handle = handle;

    /// <summary>A descriptor of a program, which the caller disposes.</summary>
    public BpfProgram GetProgram(string name)
    {
        nint program = LibbpfCalls.CheckPointer(
            LibbpfCalls.bpf_object__find_program_by_name(_handle, name), $"find the program `{name}`");
        int borrowed = LibbpfCalls.Check(LibbpfCalls.bpf_program__fd(program), $"find the loaded program `{name}`");
        var type = LibbpfCalls.bpf_program__type(program);
        var attachType = LibbpfCalls.bpf_program__expected_attach_type(program);
        return new BpfProgram(ProgramFd.Copy(borrowed), name, type, attachType);
    }

    /// <summary>A descriptor of a map, which the caller disposes.</summary>
    public BpfMap GetMap(string name)
    {
        nint map = LibbpfCalls.CheckPointer(LibbpfCalls.bpf_object__find_map_by_name(_handle, name), $"find the map `{name}`");
        return new BpfMap(MapFd.Copy(LibbpfCalls.Check(LibbpfCalls.bpf_map__fd(map), $"find the created map `{name}`")));
    }

    public void Dispose() => _handle.Dispose();
}
