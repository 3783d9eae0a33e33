using Leash.Bpf.Probing;
using Leash.Bpf.Programs;

namespace Leash.Kernel.Tests.Libbpf;

public class BpfProbeTests
{
    [Fact]
    public void Run_FindsWhatWorks_AndSaysWhyTheRestDoesNot()
    {
        BpfReport report = BpfProbe.Run();

        foreach (BpfFeature feature in report.Features)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(feature.ToString());
        }

        Assert.Null(report.FirstMissing(BpfReport.Network));
        Assert.All(report.Features, f => Assert.NotEmpty(f.Detail));
        Assert.False(Directory.Exists(Path.Combine(CgroupId.FindMount()!, $"leash-probe-{Environment.ProcessId}")));
    }

    [Fact]
    public void WithoutBpfAmongSecurityModules_ProgramsThatChangeWhatFunctionsReturnWork()
    {
        if (BpfProbe.Missing(HookKind.Lsm) is not { Id: "bpf_lsm" } missing)
        {
            Assert.Skip("`bpf` is among the security modules of this kernel");
            return;
        }

        if (Environment.GetEnvironmentVariable("LEASH_REQUIRE_KERNEL") is not { Length: > 0 })
        {
            Assert.Skip($"{missing.Title}: {missing.Detail}");
        }

        Assert.Null(BpfProbe.Missing(HookKind.ModifyReturn));
    }
}
