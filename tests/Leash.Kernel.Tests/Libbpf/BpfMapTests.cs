using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Libbpf;

public class BpfMapTests
{
    [Fact]
    public void Hash_UpdateLookupDelete()
    {
        using var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_HASH, "leash_t", 8, 4, 10);

        map.Update(5UL, 50u);
        map.Update(6UL, 60u);

        Assert.True(map.TryLookup(5UL, out uint value));
        Assert.Equal(50u, value);
        Assert.False(map.TryLookup(7UL, out uint _));
        Assert.Equal([5UL, 6UL], map.Keys<ulong>().Order());
        Assert.True(map.Delete(5UL));
        Assert.False(map.Delete(5UL));
        Assert.Equal(("leash_t", 8, 4, 10u), (map.Name, map.KeySize, map.ValueSize, map.MaxEntries));
    }

    [Fact]
    public void Update_OfAnExistingKeyWithNoExist_Throws()
    {
        using var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_HASH, "leash_t", 8, 4, 10);
        map.Update(5UL, 50u);

        var e = Assert.Throws<LibbpfException>(() => map.Update(5UL, 50u, BpfUpdate.BPF_NOEXIST));

        Assert.Equal(Errno.EEXIST, e.Errno);
        Assert.Equal("update the map `leash_t`", e.Operation);
    }

    [Fact]
    public void WrongSizes_AreRefusedBeforeTheKernelCopies()
    {
        using var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_HASH, "leash_t", 8, 4, 10);

        Assert.Throws<ArgumentException>(() => map.Update(5u, 50u));
        Assert.Throws<ArgumentException>(() => map.TryLookup(5UL, out ulong _));
        Assert.Throws<ArgumentException>(() => map.Delete(5u));
    }

    [Fact]
    public void PerCpuValues_AreAllCopied()
    {
        using var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_PERCPU_ARRAY, "leash_t", 4, 4, 2);

        Assert.Equal(8 * LibbpfCalls.libbpf_num_possible_cpus(), map.ValueSize);
        Assert.True(map.TryLookup([0, 0, 0, 0], new byte[map.ValueSize]));
    }

    [Fact]
    public void InnerArrays_OfDifferentSizes_CanBeSwapped()
    {
        using var small = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY, "leash_i", 4, 32768, 1, BpfMapFlags.BPF_F_INNER_MAP);
        using var large = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY, "leash_i", 4, 32768, 3, BpfMapFlags.BPF_F_INNER_MAP);
        using var outer = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY_OF_MAPS, "leash_o", 4, 4, 2, inner: small);

        outer.SetInner(1, small);
        outer.SetInner(1, large);

        Assert.True(outer.TryLookup(1u, out uint id));
        Assert.Equal(large.Id, id);
    }

    [Fact]
    public void Pin_IsOpenedAgain()
    {
        string path = Path.Combine(BpfFilesystem.FindOrMount(), $"leash-test-{Environment.ProcessId}");
        using (var map = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_HASH, "leash_t", 8, 4, 10))
        {
            map.Update(5UL, 50u);
            map.Pin(path);
        }

        try
        {
            using var again = BpfMap.OpenPinned(path);
            Assert.True(again.TryLookup(5UL, out uint value));
            Assert.Equal(50u, value);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
