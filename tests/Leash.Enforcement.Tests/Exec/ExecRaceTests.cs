using Leash.Enforcement.Tests.Harness;

namespace Leash.Enforcement.Tests.Exec;

public sealed class ExecRaceTests
{
    /// <summary>A thread swaps the path that others open and execute between a permitted and a denied file.</summary>
    [Fact]
    public void PathSwappedInMemory_NeverReachesTheDeniedFile()
    {
        using Probe probe = new("ok/f", "no/f")
        {
            Policy = """
                permit (principal, action == Action::"FileOpenReadOnly", resource) unless { resource in Dir::"${workspace}/no" };
                permit (principal, action == Action::"ProcessExec", resource) unless { resource in Dir::"${workspace}/no" };
                """,
        };
        File.WriteAllText(probe.At("ok/f"), "o");
        File.WriteAllText(probe.At("no/f"), "n");
        File.Copy("/bin/true", probe.At("ok/p"));
        File.Copy("/bin/false", probe.At("no/p"));
        string racer = NativeProgram.Compile("racer.c");
        RunResult result = new SupervisedRun
        {
            Policy = probe.Policy,
            Workspace = probe.Workspace,
            Directory = probe.Workspace,
            Timeout = TimeSpan.FromMinutes(3),
        }.Run(racer, "200000", "500");
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);

        // Both happened, so there was a race to win.
        Assert.Contains("opened", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("opened 0 ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("denied 0 ", result.Output, StringComparison.Ordinal);
    }
}
