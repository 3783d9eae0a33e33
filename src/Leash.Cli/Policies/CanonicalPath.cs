namespace Leash.Cli.Policies;

/// <summary>Resolves symbolic links in paths that leash was given, so that they are named as the enforcers see them.</summary>
internal static class CanonicalPath
{
    private const int MaxLinks = 40;

    /// <summary>The absolute path with every link in it resolved; components that do not exist stay as they are.</summary>
    /// <exception cref="IOException">Links form a loop.</exception>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Components(Path.GetFullPath(path)).Reverse());
        var resolved = "/";
        var links = 0;
        while (rest.TryPop(out var name))
        {
            if (name == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? "/";
                continue;
            }

            var candidate = Path.Join(resolved, name);
            if (new FileInfo(candidate).LinkTarget is not { } target)
            {
                resolved = candidate;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"too many symbolic links in `{path}`");
            }

            resolved = target.StartsWith('/') ? "/" : resolved;
            foreach (var component in Components(target).Reverse())
            {
                rest.Push(component);
            }
        }

        return resolved;
    }

    private static string[] Components(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".")];
}
