using Leash.Bpf.Programs;
using Leash.Interop;

namespace Leash.Kernel.Tests.Libbpf;

/// <summary>A cgroup of version 2 below the hierarchy's root.</summary>
internal sealed class TemporaryCgroup : IDisposable
{
    private readonly string _top = System.IO.Path.Combine(CgroupId.FindMount()!, $"leash-test-{Guid.NewGuid():N}");

    /// <param name="levels">How many others it lies in.</param>
    public TemporaryCgroup(int levels = 0)
    {
        Path = System.IO.Path.Combine([_top, .. Enumerable.Repeat("g", levels)]);
        Directory.CreateDirectory(Path);
        Descriptor = Descriptors.Open(Path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
    }

    public string Path { get; }

    public int Descriptor { get; }

    public void Dispose()
    {
        Interop.Kernel.Close(Descriptor);
        for (string path = Path; path.Length >= _top.Length; path = System.IO.Path.GetDirectoryName(path)!)
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path);
            }
        }
    }
}
