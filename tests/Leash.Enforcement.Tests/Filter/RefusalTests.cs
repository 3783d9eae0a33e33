using Leash.Enforcement.Tests.Harness;

namespace Leash.Enforcement.Tests.Filter;

/// <summary>What is refused where programs in the kernel decide, on real processes.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("mount @", "EPERM", "mount")]
    [InlineData("unshare", "EPERM", "unshare")]
    [InlineData("clonenew", "EPERM", "clone")]
    [InlineData("bpf", "EPERM", "bpf")]
    [InlineData("handle", "EPERM", "open_by_handle_at")]
    [InlineData("newer", "ENOSYS", "syscall_600")]
    public void Call_ThatNoPolicyAllows_FailsAndIsRecorded(string operation, string error, string call)
    {
        using Probe probe = new("file") { OnlyRefuses = true };
        Assert.Equal([error, "0"], probe.RunAll(operation, "open @file r"));
        string record = Assert.Single(probe.Last!.Records);
        Assert.StartsWith($"deny {call} ", record, StringComparison.Ordinal);
        Assert.Contains("structural", record, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void SignalsOfFiles_AreForTheCallerItself(bool onlyRefuses, bool hasPidNamespace)
    {
        using Probe probe = new() { OnlyRefuses = onlyRefuses, HasPidNamespace = hasPidNamespace };
        string[] own = ["setown self", "setown 0", "setsig 29", "setsig 0"];
        string[] other =
        [
            "setown 1", $"setown {Environment.ProcessId}", "setown -7", "setown -1", "setownex", "setsig 9", "setsig 19", "setsig -1",
            "ioctlown 8901", "ioctlown 8902",
        ];
        Assert.Equal([.. own.Select(_ => "0"), .. other.Select(_ => "EPERM")], probe.RunAll([.. own, .. other]));
        Assert.Equal(other.Length, probe.Last!.Records.Count(r => r.Contains("signals by a file", StringComparison.Ordinal)));
    }

    [Fact]
    public void Calls_InARow_AreAllRecorded()
    {
        using Probe probe = new() { OnlyRefuses = true };
        Assert.All(probe.RunAll([.. Enumerable.Repeat("unshare", 200)]), error => Assert.Equal("EPERM", error));
        Assert.Equal(200, probe.Last!.Records.Count);
    }

    [Fact]
    public void Call_ThatCannotBeRecorded_FailsAllTheSame_AndLeashIsTold()
    {
        using Probe probe = new("file") { OnlyRefuses = true, CannotRecord = true };
        Assert.Equal(["EPERM", "0"], probe.RunAll("unshare", "open @file r"));
        Assert.Contains("cannot be recorded any more: no space", Assert.Single(probe.Last!.Records), StringComparison.Ordinal);
    }
}
