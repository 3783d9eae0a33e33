namespace Leash.TestHarness;

/// <summary>The program with all attacks, compiled once; static, so that copies of it run anywhere.</summary>
internal static class AttackProgram
{
    private static readonly Lazy<string> _path = new(Compile);

    public static string Path => _path.Value;

    private static string Compile()
    {
        if (Environment.GetEnvironmentVariable("LEASH_TEST_ATTACK") is { Length: > 0 } compiled)
        {
            return compiled;
        }

        var sources = System.IO.Path.Join(Product.Root, "tests", "attacks-src");
        var program = System.IO.Path.Join(Scratch.Directory, "attack");
        Command.Run(
            "gcc",
            ["-static", "-pthread", "-O1", "-Wall", "-Wextra", "-o", program, .. Directory.EnumerateFiles(sources, "*.c").Order(StringComparer.Ordinal)],
            seconds: 120).ThrowIfFailed();
        return program;
    }
}
