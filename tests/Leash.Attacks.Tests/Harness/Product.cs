namespace Leash.TestHarness;

/// <summary>The built product that tests start: a copy that anyone may read and that an attack may ruin.</summary>
internal static class Product
{
    private static readonly Lazy<string> _root = new(FindRoot);
    private static readonly Lazy<string> _directory = new(Copy);

    /// <summary>The top of the source tree.</summary>
    public static string Root => _root.Value;

    public static string Directory => _directory.Value;

    public static string Leash => Path.Join(Directory, "leash");

    public static bool IsRoot { get; } = Environment.UserName == "root";

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Join(directory, "leash.slnx")))
            {
                return directory;
            }
        }

        // The build's output may lie elsewhere.
        return Environment.GetEnvironmentVariable("LEASH_SOURCE") is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException("the source tree was not found above the tests; say where it is with LEASH_SOURCE");
    }

    private static string Copy()
    {
        var built = Environment.GetEnvironmentVariable("LEASH_BIN") is { Length: > 0 } given
            ? Path.GetDirectoryName(Path.GetFullPath(given))!
            : Path.Join(Root, "artifacts", "leash");
        if (!File.Exists(Path.Join(built, "leash")))
        {
            throw new InvalidOperationException($"leash is not built: `{built}/leash` does not exist; run ./leash once, or set LEASH_BIN");
        }

        var copy = Path.Join(Scratch.Directory, "product");
        Command.Run("cp", ["-rL", built, copy]).ThrowIfFailed();
        Command.Run("chmod", ["-R", "a+rX", copy]).ThrowIfFailed();
        return copy;
    }
}
