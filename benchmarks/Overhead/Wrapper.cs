namespace Leash.Bench.Overhead;

/// <summary>A way to run a command: bare, or under one of the tools that are compared.</summary>
/// <param name="Name">Column title.</param>
/// <param name="Prefix">Words in front of the command.</param>
internal sealed record Wrapper(string Name, IReadOnlyList<string> Prefix)
{
    public static IReadOnlyList<Wrapper> All(string leash, string workspace) =>
    [
        new("bare", []),
        new("leash", [leash, "--quiet", "--no-interactive", "--workspace", workspace, "--"]),
        new("bwrap", ["bwrap", "--dev-bind", "/", "/", "--proc", "/proc", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--"]),
        new("strace -f", ["strace", "-f", "-qq", "-o", "/dev/null", "--"]),
    ];
}
