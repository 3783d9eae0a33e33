using System.Runtime.CompilerServices;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>Where the built product is: <c>LEASH_BIN</c>, or what <c>./leash</c> builds.</summary>
internal static class Product
{
    public static string Repository { get; } = FindRepository();

    /// <summary>For what tests download once.</summary>
    public static string Cache { get; } = Path.Join(Repository, "artifacts", "e2e");

    private static string Location { get; } =
        Environment.GetEnvironmentVariable("LEASH_BIN") is { Length: > 0 } given ? given : Path.Join(Repository, "artifacts", "leash", "leash");

    /// <summary>The program; a failure that says what to do when it was not built.</summary>
    public static string Program
    {
        get
        {
            Assert.True(File.Exists(Location), $"`{Location}` does not exist; run ./leash --version once, or set LEASH_BIN");
            return Location;
        }
    }

    private static string FindRepository([CallerFilePath] string source = "")
    {
        var directory = Path.GetDirectoryName(source);
        while (directory is not null && !File.Exists(Path.Join(directory, "leash.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException($"`{source}` is in no source tree of leash");
    }
}
