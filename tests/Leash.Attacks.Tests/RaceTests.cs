using System.Globalization;
using System.Net.Sockets;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>
/// Arguments that change between check and use: one thread calls, another rewrites what the arguments point to. Both ways must have been
/// met often, or the race was none.
/// </summary>
public class RaceTests(ITestOutputHelper output)
{
    [Fact]
    public void PathOfOpen_NeverOpensTheForbidden()
    {
        var (tries, permitted, refused, broken) = Race(new Arena(), Arena.Plain, "race-open {work}/outer/plain//key {work}/outer/hidden/key", 200_000);
        Assert.Equal(0, broken);
        Assert.Equal(200_000, tries);
        Assert.InRange(permitted, 1000, tries);
        Assert.InRange(refused, 1000, tries);
    }

    [Fact]
    public void SymlinkThatChanges_NeverOpensTheForbidden()
    {
        var (_, permitted, refused, broken) = Race(new Arena(), Arena.Plain, "race-link {work}/open {work}/outer/hidden/key {work}/link", 20_000);
        Assert.Equal(0, broken);
        Assert.InRange(permitted, 100, 20_000);
        Assert.InRange(refused, 100, 20_000);
    }

    [Fact]
    public void DirectoryThatIsExchangedForALink_NeverOpensTheForbidden()
    {
        Arena arena = new();
        Directory.CreateSymbolicLink(arena.Expand("{work}/link"), arena.Expand("{secret}"));
        var (_, permitted, refused, broken) = Race(arena, Arena.Plain, "race-directory {work}/dir {work}/link {work}/dir/key", 20_000);
        Assert.Equal(0, broken);
        Assert.InRange(permitted, 100, 20_000);
        Assert.InRange(refused, 100, 20_000);
    }

    [Fact]
    public void PathOfMkdir_NeverMakesTheForbidden()
    {
        var (_, permitted, refused, broken) = Race(new Arena(), Arena.Plain, "race-create {work}/dir/sub/../mad {work}/protected/made", 20_000);
        Assert.Equal(0, broken);
        Assert.InRange(permitted, 100, 20_000);
        Assert.InRange(refused, 100, 20_000);
    }

    [Fact]
    public void PathOfExec_NeverRunsTheForbidden()
    {
        var (_, permitted, refused, broken) = Race(new Arena(), Arena.Plain, "race-exec {work}/run/allowed {work}/run//denied", 1500);
        Assert.Equal(0, broken);
        Assert.InRange(permitted, 10, 1500);
        Assert.InRange(refused, 10, 1500);
    }

    [Fact]
    public void ArgumentOfExec_NeverRunsWithTheForbidden()
    {
        var (_, permitted, refused, broken) = Race(new Arena(), Arena.Plain, "race-argument {work}/run/checked", 1000);
        Assert.Equal(0, broken);
        Assert.InRange(permitted, 10, 1500);
        Assert.InRange(refused, 10, 1500);
    }

    [Theory]
    [InlineData("race-connect")]
    [InlineData("race-sendmsg")]
    public void AddressThatChanges_NeverReachesTheForbidden(string attack)
    {
        using Listeners listeners = new();
        Arena arena = new();
        arena.Places["ok"] = Listeners.Text(listeners.Port("permitted"));
        arena.Places["no"] = Listeners.Text(listeners.Port("forbidden"));
        const string Policy = Arena.Plain + """
            @id("net") permit (principal, action == Action::"NetworkConnect", resource) when { context.port == {ok} };
            """;

        var (_, permitted, refused, broken) = Race(arena, Policy, $"{attack} {{ok}} {{no}}", 20_000);

        Assert.Equal(0, broken);
        Assert.Equal(0, listeners.Arrived("forbidden"));
        Assert.InRange(permitted, 100, 20_000);
        Assert.InRange(refused, 100, 20_000);
    }

    private (int Tries, int Permitted, int Refused, int Broken) Race(Arena arena, string policy, string command, int tries)
    {
        var run = arena.Attack(policy, "{bin}/attack", [$"{command} {tries.ToString(CultureInfo.InvariantCulture)}", "read {secret}/canary"], seconds: 180);
        var line = run.Result.Output.Split('\n').FirstOrDefault(line => line.StartsWith("RACE", StringComparison.Ordinal));
        Assert.True(line is not null, run.Result.ToString());
        output.WriteLine(line);
        Assert.Equal(Leash.Attacks.Tests.Attack.EACCES, run.Code(1));
        int[] numbers = [.. line.Split('=')[1..].Select(part => int.Parse(part.Split(' ')[0], CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
