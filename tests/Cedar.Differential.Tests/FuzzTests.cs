using System.Diagnostics;
using Cedar.Fuzz.Fuzzing;

namespace Cedar.Differential.Tests;

/// <summary>A few seconds of what tests/Cedar.Fuzz does for as long as one likes.</summary>
public sealed class FuzzTests
{
    private const int ShownCharacters = 300;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void HostileInput_ThrowsNothingAndEndsSoon(string target)
    {
        var loop = new FuzzLoop(FuzzTargets.Create(target, seed: 20, corpus: null)!);
        loop.Run(TimeSpan.FromSeconds(3));

        Assert.True(loop.Executions > 100, $"only {loop.Executions} inputs");
        Assert.True(
            loop.Failures.Count == 0,
            string.Join("\n\n", loop.Failures.Select(f => $"{f.What}\n{f.Input[..Math.Min(f.Input.Length, ShownCharacters)]}")));
    }

    [Fact]
    public void Loop_ThatFindsSomething_KeepsTheInput()
    {
        var mutator = FuzzTargets.Create("policies", 1, null)!.Mutator;
        var throwing = new FuzzLoop(new FuzzTarget("throwing", mutator, _ => throw new InvalidOperationException("boom")));
        throwing.Run(TimeSpan.FromSeconds(30));
        var slow = new FuzzLoop(new FuzzTarget("slow", mutator, _ => Spin(FuzzLoop.Limit * 1.2)));
        slow.Run(TimeSpan.FromSeconds(1));

        Assert.Contains("boom", throwing.Failures[0].What, StringComparison.Ordinal);
        Assert.NotEmpty(throwing.Failures[0].Input);
        Assert.NotEmpty(slow.Failures);
    }

    private static string? Spin(TimeSpan time)
    {
        // Processor time, as it is what the loop measures; other threads of this process may use some of it.
        var (started, usage) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        while (Stopwatch.GetElapsedTime(started) < time || Environment.CpuUsage.TotalTime - usage < time)
        {
            Thread.SpinWait(1000);
        }

        return null;
    }
}
