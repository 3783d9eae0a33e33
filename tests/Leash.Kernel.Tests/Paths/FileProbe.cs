using System.Runtime.InteropServices;
using Leash.Bpf;
using Leash.Bpf.Events;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Paths;

/// <summary>The walk from an open file up to the root, as the hooks do it, run for files that the caller has open.</summary>
internal sealed class FileProbe : IDisposable
{
    /// <summary>The answer for objects on mounts of the kernel's own.</summary>
    public const int Anonymous = 17;

    private const int BytesSize = 8192 + 320;

    private readonly LoadedBpfObject _loaded;
    private readonly BpfProgram _walk;
    private readonly BpfMap _path;

    public FileProbe()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read("leash_hooktest.bpf.o"), "leash_hooktest");
        _loaded = opened.Load();
        _walk = _loaded.GetProgram("leash_walk_file");
        _path = _loaded.GetMap("leash_found_path");
    }

    /// <summary>The path of a descriptor of this thread's process, or why it has none.</summary>
    /// <param name="descriptor">Of any kind of file.</param>
    /// <param name="root">Where paths begin; by default the calling thread's root, and then set to it.</param>
    public (EventReason Reason, byte[] Path) Walk(int descriptor, ref FileRoot root)
    {
        FileQuestion question = new() { Descriptor = (uint)descriptor, Root = root };
        Assert.Equal(0u, _walk.TestRun(MemoryMarshal.AsBytes(new Span<FileQuestion>(ref question))).Value);
        root = question.Root;
        return ((EventReason)question.Result, question.Result == 0 ? ReadPath() : []);
    }

    public (EventReason Reason, byte[] Path) Walk(int descriptor)
    {
        FileRoot root = default;
        return Walk(descriptor, ref root);
    }

    public void Dispose()
    {
        _path.Dispose();
        _walk.Dispose();
        _loaded.Dispose();
    }

    // LEASH_BUFFER_SIZE and LEASH_BUFFER_ROOM of bytes end the structure.
    private byte[] ReadPath()
    {
        byte[] value = new byte[_path.ValueSize];
        uint key = 0;
        Assert.True(_path.TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), value));
        (int start, int length) = (BitConverter.ToInt32(value, 0), BitConverter.ToInt32(value, sizeof(int)));
        return value.AsSpan(value.Length - BytesSize + start, length).ToArray();
    }
}
