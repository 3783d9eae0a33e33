using Leash.Sessions.Probing;

namespace Leash.Sessions.Tests;

public sealed class MachineProbeTests
{
    [Fact]
    public void Parse_TakesNamesAndNumbersAndNothingElse()
    {
        var outcomes = MachineProbe.Parse("openat2 0\nlandlock_abi 7\n\nnonsense\nuser_namespaces x\nptrace_seize 1\n");
        Assert.Equal(3, outcomes.Count);
        Assert.Equal(7, outcomes["landlock_abi"]);
        Assert.Equal(1, outcomes["ptrace_seize"]);
    }

    [Fact]
    public void Run_OnAMachineThatRunsTheseTests_NamesTheEnforcers()
    {
        var report = MachineProbe.Run();
        Assert.Equal(["seccomp", "bpf-lsm", "bpf-modify-return", "bpf-cgroup"], report.Enforcers.Select(e => e.Name));
        Assert.Equal(report.CanRun, report.Enforcers[0].IsAvailable);
        Assert.All(report.Enforcers, e => Assert.False(string.IsNullOrEmpty(e.Reason)));
        Assert.All(report.Results, r => Assert.False(string.IsNullOrEmpty(r.Detail)));
    }
}
