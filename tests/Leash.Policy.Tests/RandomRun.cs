namespace Leash.Policy.Tests;

/// <summary>What random tests are told by the environment.</summary>
internal static class RandomRun
{
    /// <summary>The seed, which is printed: that of LEASH_TEST_SEED, or a new one.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        var seed = Given("LEASH_TEST_SEED") ?? Random.Shared.Next();
        output.WriteLine($"seed {seed} (set LEASH_TEST_SEED to repeat)");
        return seed;
    }

    /// <summary>How many pairs of a policy and a request are tried: LEASH_TEST_PAIRS, or as many as usual.</summary>
    public static int Pairs(int usual) => Given("LEASH_TEST_PAIRS") ?? usual;

    private static int? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text) : null;
}
