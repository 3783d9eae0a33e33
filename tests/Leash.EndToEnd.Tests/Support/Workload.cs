namespace Leash.EndToEnd.Tests.Support;

/// <summary>Runs the same script bare and under leash, each in a place of its own, and compares all that can be seen of it.</summary>
internal static class Workload
{
    /// <summary>Asserts the same exit code, output and files. Everything that varies from run to run must be kept out by the script.</summary>
    /// <param name="account">Whose session it is.</param>
    /// <param name="script">For bash, in the workspace.</param>
    /// <param name="prepare">Puts files where the script expects them.</param>
    /// <param name="needsNetwork">Skips when the script does not succeed bare, because then what it downloads cannot be reached.</param>
    /// <param name="neutralize">Takes out of the output what differs by nature.</param>
    /// <param name="seconds">How long each run may take.</param>
    /// <returns>The run under leash.</returns>
    public static async Task<Ran> BehavesAsBareAsync(
        Account account, string script, Action<Place>? prepare = null, bool needsNetwork = false, Func<string, string>? neutralize = null,
        int seconds = 180)
    {
        neutralize ??= text => text;
        using var place = new Place(account);
        prepare?.Invoke(place);
        var bare = await place.BareAsync(script, seconds);
        Assert.SkipWhen(needsNetwork && bare.Exit != 0, $"what it downloads cannot be reached: {LastLine(bare.Error)}");
        Assert.True(bare.Exit == 0, $"the script fails without leash: {bare}");

        using var held = new Place(account);
        prepare?.Invoke(held);
        var ran = await held.QuietAsync(script, seconds);
        var context = $"{ran}\n-- denied\n{held.Denials()}";
        Assert.True(bare.Exit == ran.Exit, context);
        Same(neutralize(place.Neutral(bare.Out)), neutralize(held.Neutral(ran.Out)), context);
        Same(neutralize(place.Neutral(bare.Error)), neutralize(held.Neutral(ran.Error)), context);
        Same(neutralize(place.Tree()), neutralize(held.Tree()), context);
        return ran;
    }

    private static void Same(string expected, string actual, string context)
    {
        if (expected != actual)
        {
            string[] wanted = expected.Split('\n'), found = actual.Split('\n');
            Assert.Fail(
                $"only bare:\n{string.Join('\n', wanted.Except(found).Take(20))}\nonly under leash:\n{string.Join('\n', found.Except(wanted).Take(20))}\n"
                + context);
        }
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
