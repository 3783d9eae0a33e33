using Leash.Bpf.Programs;
using Leash.Sessions.Enforcers;

namespace Leash.Kernel.Tests.Libbpf;

public class EarlyProgramsTests
{
    [Fact]
    public void KernelThatTakesLong_IsSpokenOf_WhileItLoads()
    {
        using ManualResetEventSlim told = new();
        StartLock held = StartLock.Take();
        using var programs = EarlyPrograms.Begin("bpf-cgroup", told.Set, TimeSpan.FromMilliseconds(1));
        bool isTold = told.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        held.Dispose();
        Assert.True(isTold);
    }

    [Fact]
    public void KernelThatIsQuick_IsNotSpokenOf()
    {
        using ManualResetEventSlim told = new();
        EarlyPrograms.Begin("bpf-cgroup", told.Set, TimeSpan.FromMinutes(10))!.Dispose();
        Assert.False(told.IsSet);
    }

    [Fact]
    public void Supervisor_NeedsNone() => Assert.Null(EarlyPrograms.Begin("seccomp", () => { }));
}
