using Leash.Cli.Policies;

namespace Leash.Cli.Audits;

/// <summary>Where leash keeps the logs of its sessions (XDG base directories).</summary>
internal static class StateDirectory
{
    private const string LogName = "audit.jsonl";

    /// <summary><c>$XDG_STATE_HOME/leash</c>; a relative value is to be ignored, says the specification.</summary>
    public static string Root() => CanonicalPath.Of(Path.Join(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && state[0] == '/'
            ? state
            : Path.Join(SessionPlace.Home(), ".local", "state"),
        "leash"));

    public static string LogOf(string sessionId) => Path.Join(Root(), "sessions", sessionId, LogName);

    /// <summary>
    /// The log that a word on the command line means: a file, a session's id or the beginning of one, or the newest session's without a word.
    /// Null, and told, when there is none or more than one.
    /// </summary>
    public static string? Find(string? word, Action<string, string?> fail)
    {
        if (word is not null && (word.Contains('/') || File.Exists(word)))
        {
            if (File.Exists(word))
            {
                return word;
            }

            fail($"there is no file `{word}`", null);
            return null;
        }

        var sessions = Path.Join(Root(), "sessions");
        string[] ids = Directory.Exists(sessions) ? [.. Directory.EnumerateDirectories(sessions).Select(Path.GetFileName).OfType<string>()] : [];
        Array.Sort(ids, StringComparer.Ordinal);
        string[] matching = word is null ? (ids.Length == 0 ? [] : [ids[^1]]) : [.. ids.Where(id => id.StartsWith(word, StringComparison.Ordinal))];
        if (matching.Length == 1)
        {
            return Path.Join(sessions, matching[0], LogName);
        }

        fail(
            word is null ? $"there are no sessions in `{sessions}`"
            : matching.Length == 0 ? $"there is no session `{word}`" : $"`{word}` is the beginning of {matching.Length} sessions",
            word is null ? "run one: `leash -- COMMAND`" : "give more of the id, or the path of a log");
        return null;
    }
}
