using Leash.Bpf.Probing;
using Leash.Bpf.Programs;

namespace Leash.Bpf.Tests;

public class ProbingTests
{
    [Theory]
    [InlineData("#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2", PreemptionModel.Unknown)]
    [InlineData("#1 SMP PREEMPT Debian", PreemptionModel.Full)]
    [InlineData("#1 SMP PREEMPT_RT Debian", PreemptionModel.Full)]
    [InlineData("#1 SMP Debian", PreemptionModel.Cooperative)]
    internal void Preemption_IsReadFromTheBuild(string version, PreemptionModel expected) =>
        Assert.Equal(expected, Preemption.OfBuild(version));

    [Theory]
    [InlineData(null, PreemptionModel.Unknown)]
    [InlineData(-1, PreemptionModel.Unknown)]
    [InlineData(0, PreemptionModel.Cooperative)]
    [InlineData(1, PreemptionModel.Cooperative)]
    [InlineData(2, PreemptionModel.Full)]
    [InlineData(3, PreemptionModel.Full)]
    internal void Preemption_IsReadFromTheMode(int? mode, PreemptionModel expected) => Assert.Equal(expected, Preemption.OfMode(mode));

    [Theory]
    [InlineData(PreemptionModel.Cooperative, "6.1", true, true)]
    [InlineData(PreemptionModel.Full, "6.1", false, false)]
    [InlineData(PreemptionModel.Unknown, "6.1", false, false)]
    [InlineData(PreemptionModel.Full, "6.12", true, false)]
    internal void SkippableKinds_AreRefusedWhereTheKernelPreempts(PreemptionModel model, string release, bool lsm, bool modifyReturn) =>
        Assert.Equal([lsm, modifyReturn], Preemption.Judge(model, Version.Parse(release)).Select(f => f.Works));

    [Theory]
    [InlineData("6.1.0-49-cloud-amd64\n", "6.1")]
    [InlineData("6.12-rc1", "6.12")]
    [InlineData("strange", "0.0")]
    public void Release_IsParsed(string release, string expected) => Assert.Equal(Version.Parse(expected), BpfProbe.ParseRelease(release));

    [Fact]
    public void BpfFilesystem_IsTheLastMountOfItsPlace()
    {
        const string both = "1 2 0:1 / /sys/fs/bpf rw - bpf bpf rw\n3 4 0:2 / /sys/fs/bpf rw - tmpfs none rw\n";

        Assert.False(BpfFilesystem.IsMounted(both, "/sys/fs/bpf"));
        Assert.True(BpfFilesystem.IsMounted(both.Split('\n')[0], "/sys/fs/bpf"));
    }

    [Fact]
    public void Cgroups_AreFoundInHybridSetUps() => Assert.Equal("/sys/fs/cgroup/unified", CgroupId.FindMount(
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"));
}
