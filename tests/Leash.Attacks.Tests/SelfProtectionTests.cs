using System.Globalization;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>Under a policy that permits everything, what leash itself consists of still cannot be reached.</summary>
public class SelfProtectionTests
{
    private const int EACCES = Leash.Attacks.Tests.Attack.EACCES;

    // Answers of the kernel's own where programs in it decide: a program that runs is not opened for writing, which comes before the hook,
    // and a directory below which other rules would hold is not moved.
    private const int ETXTBSY = 26;
    private const int EXDEV = Leash.Attacks.Tests.Attack.EXDEV;

    private static readonly string[] _onLog =
    [
        "append-text {log} forged",
        "read {log}",
        "unlink {log}",
        "truncate {log}",
        "chmod {log}",
        "rename {log} {work}/log",
        "hardlink {log} {work}/log",
        "create {session}/other",
        "symlink {work}/open {session}/l",
        "rename {session} {work}/session",
        "rename {state}/leash {work}/leash",
        "rename {state} {top}/elsewhere",
        "exchange {state} {work}",
    ];

    private static readonly string[] _onProduct =
    [
        "write {product}/leash",
        "write {product}/leash-init",
        "unlink {product}/leash-init",
        "rename {product} {top}/elsewhere",
        "write {top}/policy.cedar",
        "unlink {top}/policy.cedar",
    ];

    private static readonly Lazy<SelfProtectionRun> _together = new(() => Verified([.. _onLog, .. _onProduct]));

    public static TheoryData<string> OnLog() => [.. _onLog];

    public static TheoryData<string> OnProduct() => [.. _onProduct];

    [Theory]
    [MemberData(nameof(OnLog))]
    public void LogOfTheSession_CannotBeReached(string command) => AssertRefused(command);

    [Theory]
    [MemberData(nameof(OnProduct))]
    public void ProgramAndPolicy_CannotBeChanged(string command) => AssertRefused(command);

    [Fact]
    public void AnotherSessionInside_WidensNothing()
    {
        Arena arena = new();
        File.WriteAllText(arena.Expand("{work}/wide.cedar"), Arena.Everything);
        const string Policy = Arena.Plain + """
            @id("leash") permit (principal, action in [Action::"FileOpenReadOnly", Action::"ProcessExec"], resource in Dir::"{product}");
            """;

        var result = arena.Run(
            Policy, [Product.Leash, "--policy", arena.Expand("{work}/wide.cedar"), "--", arena.Expand("{bin}/attack"), "read", arena.Expand("{secret}/key")]);

        // One that ran too long refused nothing.
        Assert.True(result.Code > 0, result.ToString());
    }

    [Fact]
    public void Supervisor_CannotBeSignalled()
    {
        Arena arena = new();
        // Small numbers: in a pid namespace of its own the session sees only itself.
        var attack = arena.Expand("{bin}/attack");
        var parents = $"p=$PPID; '{attack}' kill $p 19; '{attack}' kill $p 9; '{attack}' read '{arena.Expand("{secret}/key")}'";

        var result = arena.Run(Arena.Everything.Replace("permit (principal, action, resource)", "permit (principal, action, resource) unless { resource in Dir::\"{secret}\" }", StringComparison.Ordinal), ["/bin/sh", "-c", parents], seconds: 30);

        Assert.True(result.Code == EACCES, result.ToString());
    }

    [Fact]
    public void NameWithNewlines_AddsNoLine()
    {
        Arena arena = new();

        var run = arena.Attack(Arena.Plain, "{bin}/attack", ["newline {secret}", "newline {work}"]);

        // Every line is JSON and carries its number: ReadAll would have thrown.
        Assert.Single(run.Log, line => line.Kind == "session");
        Assert.Contains(run.Log, line => line.IsDenied && line.Resource.Contains("audit", StringComparison.Ordinal) is false && line.Action == "FileCreate");
        AssertLogIsWhole(arena);
    }

    [Fact]
    public void FloodOfEvents_LosesNoDenial()
    {
        Arena arena = new();
        var (denials, opens) = Enforcer.IsBatch ? (1000, 4000) : (5000, 20_000);

        var run = arena.Attack(
            Arena.Plain, "{bin}/attack", [$"flood-denied {{secret}}/canary {denials} {{secret}}/key", $"flood {{work}}/open {opens} {{secret}}/dir/key"]);

        var counted = run.Log.Where(line => line.IsDenied && line.Resource == arena.Expand("{secret}/canary")).Sum(line => line.Count);
        Assert.Equal(denials, counted);
        Assert.Single(run.Log, line => line.IsDenied && line.Resource == arena.Expand("{secret}/key"));
        Assert.Single(run.Log, line => line.IsDenied && line.Resource == arena.Expand("{secret}/dir/key"));
        AssertLogIsWhole(arena);
    }

    private static void AssertRefused(string command)
    {
        var run = Enforcer.IsBatch ? _together.Value : Verified([command]);

        var code = run.Codes.GetValueOrDefault(command, -1);
        Assert.True(code is EACCES or 1 || (Enforcer.IsInKernel && code is ETXTBSY or EXDEV), run.Result.ToString());
        if (code != ETXTBSY)
        {
            Assert.True(
                run.LogOf(command).Any(line => line.IsDenied && line.Reason == "structural"),
                $"{run.Result}\n{string.Join('\n', run.Log.Select(line => line.ToString()))}");
        }

        Assert.Equal(0, run.TwinCode);
    }

    // Once for all commands of a session: its log is one.
    private static SelfProtectionRun Verified(string[] commands)
    {
        var run = SelfProtectionRun.Of(commands);
        AssertLogIsWhole(run.Arena);
        return run;
    }

    private static void AssertLogIsWhole(Arena arena)
    {
        var log = Directory.EnumerateFiles(arena.State, "audit.jsonl", SearchOption.AllDirectories).Single();
        Command.Run(Product.Leash, ["audit", "verify", log]).ThrowIfFailed();
    }
}
