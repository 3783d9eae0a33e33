using System.Diagnostics;
using System.Text;
using Leash.Audit;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>
/// A home directory with secrets and settings, and a workspace in it, made for one test. It does not lie below <c>/tmp</c> where possible,
/// because sessions may use that as they like.
/// </summary>
internal sealed class Place : IDisposable
{
    public const string Secret = "this-is-not-for-agents";

    public Place(Account account)
    {
        Accounts.SkipUnlessAvailable(account);
        Account = account;
        Root = Path.Join(Accounts.IsRoot ? "/home" : Path.GetTempPath(), $"leash-e2e-{Guid.NewGuid():N}"[..22]);
        Home = Path.Join(Root, "home");
        Workspace = Path.Join(Home, "work");
        Directory.CreateDirectory(Workspace);
        WriteHome(".ssh/id_ed25519", Secret + "\n");
        WriteHome(".aws/credentials", Secret + "\n");
        WriteHome(".netrc", Secret + "\n");
        WriteHome(".npmrc", "//registry.example/:_authToken=" + Secret + "\n");
        WriteHome(".bashrc", "# settings of a shell\n");
        WriteHome(".gitconfig", "[user]\n\tname = Tester\n\temail = tester@example.com\n[init]\n\tdefaultBranch = main\n");
        File.SetUnixFileMode(Path.Join(Home, ".ssh/id_ed25519"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Accounts.Own(account, Root);
    }

    public Account Account { get; }

    public string Root { get; }

    public string Home { get; }

    public string Workspace { get; }

    /// <summary>Runs a script in the workspace without leash.</summary>
    public Task<Ran> BareAsync(string script, int seconds = 180) => RunAsync(Shell(script), seconds: seconds);

    /// <summary>Runs a script in the workspace under leash, which itself says nothing.</summary>
    public Task<Ran> QuietAsync(string script, int seconds = 180) => LeashAsync(["--quiet", "--", .. Shell(script)], seconds: seconds);

    /// <summary>Runs leash with these arguments.</summary>
    public Task<Ran> LeashAsync(IEnumerable<string> arguments, string input = "", int seconds = 180) =>
        RunAsync([Product.Program, .. arguments], input, seconds);

    /// <summary>Runs a command as the place's account and with its home.</summary>
    public Task<Ran> RunAsync(IEnumerable<string> command, string input = "", int seconds = 180) =>
        Ran.ToEndAsync(StartInfo(command), input, seconds);

    /// <summary>How a command is started as the place's account and with its home.</summary>
    public ProcessStartInfo StartInfo(IEnumerable<string> command)
    {
        var start = Accounts.Start(Account, command);
        start.WorkingDirectory = Workspace;
        var variables = start.Environment;
        foreach (var name in variables.Keys.Where(IsOurs).ToList())
        {
            variables.Remove(name);
        }

        variables["HOME"] = Home;
        variables["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        variables["LANG"] = variables["LC_ALL"] = "C.UTF-8";
        variables["TERM"] = "xterm";
        variables["USER"] = variables["LOGNAME"] = Account == Account.Root ? "root" : "nobody";
        variables["GIT_AUTHOR_DATE"] = variables["GIT_COMMITTER_DATE"] = "2026-01-02T03:04:05Z";
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = variables["DOTNET_NOLOGO"] = "1";
        return start;
    }

    /// <summary>A file in the workspace.</summary>
    public string Write(string path, string text, bool isExecutable = false)
    {
        var file = Path.Join(Workspace, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (isExecutable)
        {
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        Accounts.Own(Account, Workspace);
        return file;
    }

    /// <summary>A file of the home directory.</summary>
    public string WriteHome(string path, string text)
    {
        var file = Path.Join(Home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Accounts.Own(Account, Root);
        return file;
    }

    /// <summary>The records of the newest session of this home.</summary>
    public IReadOnlyList<AuditEntry> Log()
    {
        var sessions = Path.Join(Home, ".local/state/leash/sessions");
        Assert.True(Directory.Exists(sessions), "no session left a log");
        var newest = Directory.GetDirectories(sessions).Order(StringComparer.Ordinal).Last();
        return [.. File.ReadLines(Path.Join(newest, "audit.jsonl"), Encoding.UTF8)
            .Select((line, index) => AuditEntry.TryParse(Encoding.UTF8.GetBytes(line), index + 1)).OfType<AuditEntry>()];
    }

    /// <summary>What was denied in the newest session, one line each.</summary>
    public string Denials() => Directory.Exists(Path.Join(Home, ".local/state/leash/sessions"))
        ? string.Join('\n', Log().Where(entry => entry.Verdict == "deny").Select(Describe).Distinct(StringComparer.Ordinal))
        : "(no log)";

    /// <summary>Type, mode and path of everything in the workspace, sorted.</summary>
    public string Tree()
    {
        var lines = Directory.EnumerateFileSystemEntries(Workspace, "*", SearchOption.AllDirectories).Select(path =>
        {
            var info = new FileInfo(path);
            var kind = info.LinkTarget is { } target ? $"-> {target}" : Convert.ToString((int)info.UnixFileMode, 8);
            return $"{Path.GetRelativePath(Workspace, path)} {(info.Attributes.HasFlag(FileAttributes.Directory) ? "d" : "f")} {kind}";
        });
        return Neutral(string.Join('\n', lines.Order(StringComparer.Ordinal)));
    }

    /// <summary>Text with this place's path replaced, so that texts of two places compare.</summary>
    public string Neutral(string text) => text.Replace(Root, "<place>", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string[] Shell(string script) => ["bash", "-c", script];

    private static bool IsOurs(string name) =>
        name.StartsWith("LEASH", StringComparison.Ordinal) || name.StartsWith("XDG_", StringComparison.Ordinal)
        || name.StartsWith("npm_", StringComparison.OrdinalIgnoreCase) || name is "TMPDIR" or "TMUX" or "TMUX_TMPDIR" or "DOTNET_ROOT" or "PIP_FIND_LINKS";

    private static string Describe(AuditEntry entry) =>
        $"{entry.Action} {entry.Resource}{(entry.SecondResource.Length > 0 ? " -> " + entry.SecondResource : "")} "
        + $"{entry.Syscall} {entry.Reason} [{string.Join(' ', entry.Policies)}] {entry.Detail} by {entry.Exe}";
}
