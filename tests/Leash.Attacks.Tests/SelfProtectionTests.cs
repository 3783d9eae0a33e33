using System.Globalization;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>Under a policy that permits everything, what leash itself consists of still cannot be reached.</summary>
public class SelfProtectionTests
{
    private const int EACCES = Leash.Attacks.Tests.Attack.EACCES;

    public static TheoryData<string> Commands() =>
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

    [Theory]
    [MemberData(nameof(Commands))]
    public void LogOfTheSession_CannotBeReached(string command)
    {
        Arena arena = new();
        // The session's directory has a name that nobody knows before it runs: a shell in the session looks for it by what it can see.
        var script = $"""
            session=$(for d in '{arena.State}'/leash/sessions/*; do echo "$d"; done)
            [ -n "$LEASH_SESSION" ] && session='{arena.State}'/leash/sessions/$LEASH_SESSION
            '{arena.Expand("{bin}/attack")}' {arena.Expand(command).Replace("{log}", "$session/audit.jsonl", StringComparison.Ordinal).Replace("{session}", "$session", StringComparison.Ordinal)}
            """;

        var result = arena.Run(Arena.Everything, ["/bin/sh", "-c", script]);

        Assert.True(result.Code is EACCES or 1, result.ToString());
        AssertLogIsWhole(arena);
        Assert.Contains(AuditLine.ReadAll(arena.State), line => line.IsDenied && line.Reason == "structural");
    }

    [Theory]
    [InlineData("write {product}/leash")]
    [InlineData("write {product}/leash-init")]
    [InlineData("unlink {product}/leash-init")]
    [InlineData("rename {product} {top}/elsewhere")]
    [InlineData("write {top}/policy.cedar")]
    [InlineData("unlink {top}/policy.cedar")]
    public void ProgramAndPolicy_CannotBeChanged(string command)
    {
        Arena arena = new();

        var run = arena.Attack(Arena.Everything, "{bin}/attack", [command, "write {work}/open"]);

        Assert.True(run.Code(0) is EACCES or 1, run.Result.ToString());
        Assert.Equal(0, run.Code(1));
        Assert.Contains(run.Log, line => line.IsDenied && line.Reason == "structural");
    }

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

        Assert.NotEqual(0, result.Code);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(19)]
    public void Supervisor_CannotBeSignalled(int signal)
    {
        Arena arena = new();
        // Small numbers: in a pid namespace of its own the session sees only itself.
        var parents = $"p=$PPID; '{arena.Expand("{bin}/attack")}' kill $p {signal.ToString(CultureInfo.InvariantCulture)}; '{arena.Expand("{bin}/attack")}' read '{arena.Expand("{secret}/key")}'";

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

        var run = arena.Attack(Arena.Plain, "{bin}/attack", ["flood-denied {secret}/canary 5000 {secret}/key", "flood {work}/open 20000 {secret}/dir/key"]);

        var counted = run.Log.Where(line => line.IsDenied && line.Resource == arena.Expand("{secret}/canary")).Sum(line => line.Count);
        Assert.Equal(5000, counted);
        Assert.Single(run.Log, line => line.IsDenied && line.Resource == arena.Expand("{secret}/key"));
        Assert.Single(run.Log, line => line.IsDenied && line.Resource == arena.Expand("{secret}/dir/key"));
        AssertLogIsWhole(arena);
    }

    private static void AssertLogIsWhole(Arena arena)
    {
        var log = Directory.EnumerateFiles(arena.State, "audit.jsonl", SearchOption.AllDirectories).Single();
        Command.Run(Product.Leash, ["audit", "verify", log]).ThrowIfFailed();
    }
}
