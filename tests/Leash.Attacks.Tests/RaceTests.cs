using System.Globalization;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>
/// Arguments that change between check and use: one thread calls, another rewrites what the arguments point to. Both ways must have been
/// met often, or the race was none.
/// </summary>
public class RaceTests(ITestOutputHelper output)
{
    private const string Policy = Arena.Plain + """
        @id("net") permit (principal, action == Action::"NetworkConnect", resource) when { context.port == {ok} };
        """;

    // Fewer tries where a session is shared: there a try takes much longer.
    private static readonly int _share = Enforcer.IsBatch ? 40 : 1;

    private static readonly Race[] _races =
    [
        new("path of open", "race-open {work}/outer/plain//key {work}/outer/hidden/key", 200_000, 1000),
        new("symlink that changes", "race-link {work}/open {work}/outer/hidden/key {work}/link", 20_000, 100),
        new("directory that is exchanged for a link", "race-directory {work}/dir {work}/link {work}/dir/key", 20_000, 100),
        new("path of mkdir", "race-create {work}/dir/sub/../mad {work}/protected/made", 20_000, 100),
        new("path of exec", "race-exec {work}/run/allowed {work}/run//denied", 1500, 10),
        new("argument of exec", "race-argument {work}/run/checked", 1000, 10),
        new("address of connect", "race-connect {ok} {no}", 20_000, 100),
        new("address of sendmsg", "race-sendmsg {ok} {no}", 20_000, 100),
    ];

    internal static Attack[] Table { get; } = [.. _races.Select(race => race.ToAttack())];

    public static TheoryData<string> Rows() => [.. _races.Select(race => race.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Race_NeverReachesTheForbidden(string name)
    {
        var race = _races.Single(race => race.Name == name);
        using Listeners listeners = new();
        var run = Run(race, listeners);
        var line = run.Output(0).Split('\n').FirstOrDefault(line => line.StartsWith("RACE", StringComparison.Ordinal));
        Assert.True(line is not null, run.Result.ToString());
        output.WriteLine(line);
        int[] numbers = [.. line.Split('=')[1..].Select(part => int.Parse(part.Split(' ')[0], CultureInfo.InvariantCulture))];
        var (permitted, refused, broken) = (numbers[1], numbers[2], numbers[3]);

        Assert.Equal(Attack.EACCES, run.Code(1));
        Assert.Equal(0, broken);
        Assert.InRange(permitted, race.Minimum / _share, int.MaxValue);
        Assert.InRange(refused, race.Minimum / _share, int.MaxValue);
        Assert.Equal(0, Enforcer.IsBatch ? AttackPlaces.Forbidden : listeners.Arrived("forbidden"));
    }

    private static AttackRun Run(Race race, Listeners listeners)
    {
        var attack = Table.Single(attack => attack.Name == race.ToAttack().Name);
        if (Enforcer.IsBatch)
        {
            return AttackBatch.Run(attack).Run;
        }

        Arena arena = new();
        AttackPlaces.Fill(arena, listeners);
        AttackPlaces.Serve(arena, listeners, attack.Command);
        return arena.Attack(attack.Policy, attack.Program, attack.Commands, seconds: 180);
    }

    private sealed record Race(string Name, string Command, int Tries, int Minimum)
    {
        public Attack ToAttack() =>
            new("race: " + Name, $"{Command} {(Tries / _share).ToString(CultureInfo.InvariantCulture)}") { Policy = Policy };
    }
}
