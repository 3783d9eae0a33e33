using Leash.Bpf;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Libbpf;

/// <summary>Counts descriptors of the process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public class LeakTests
{
    [Fact]
    public void Descriptors_AreClosed()
    {
        Use();
        (int descriptors, int open) = (Count(), BpfDescriptor.OpenCount);
        for (int i = 0; i < 3; i++)
        {
            Use();
        }

        Assert.Equal((descriptors, open), (Count(), BpfDescriptor.OpenCount));
    }

    // Those of the kernel's maps, programs, links and types; the runtime opens others when it likes.
    private static int Count() => Directory.GetFiles("/proc/self/fd")
        .Count(f => new FileInfo(f).LinkTarget is { } target && (target.Contains("bpf", StringComparison.Ordinal) || target.Contains("btf", StringComparison.Ordinal)));

    private static void Use()
    {
        using var loaded = OpenedBpfObject.Open(BpfObjects.Read("leash_test.bpf.o"), "leash_test").Load();
        using var program = loaded.GetProgram("leash_nothing");
        using var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY, "leash_t", 4, 8, 1);
        using var again = BpfMap.OpenById(map.Id);
    }
}
