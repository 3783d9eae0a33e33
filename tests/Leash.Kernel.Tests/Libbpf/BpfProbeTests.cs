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
}
