using Leash.Bpf;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Networks;

public class NetworkObjectTests
{
    [Fact]
    public void EveryProgram_IsLoaded()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read("leash_net.bpf.o"), "leash_net");
        string[] names = [.. opened.Programs.Select(p => p.Name)];

        using var loaded = opened.Load();

        Assert.Contains("leash_connect4", names);
        Assert.All(names, name =>
        {
            using var program = loaded.GetProgram(name);
            Assert.NotEqual(0u, program.Info.id);
        });
    }
}
