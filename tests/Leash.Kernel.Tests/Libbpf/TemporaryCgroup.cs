using Leash.Bpf.Programs;
using Leash.Interop;

namespace Leash.Kernel.Tests.Libbpf;

/// <summary>A cgroup of version 2 below the hierarchy's root.</summary>
internal sealed class TemporaryCgroup : IDisposable
{
    public TemporaryCgroup()
    {
        Path = System.IO.Path.Combine(CgroupId.FindMount()!, $"leash-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        Descriptor = Descriptors.Open(Path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
    }

    public string Path { get; }

    public int Descriptor { get; }

    public void Dispose()
    {
        Interop.Kernel.Close(Descriptor);
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path);
        }
    }
}
