using Leash.Cli.Gateways;
using Leash.Policy;

namespace Leash.Cli.Policies;

/// <summary>Finds out what policies may refer to: directories, repository, agent, user.</summary>
internal static class SessionPlace
{
    /// <summary>A new id: sorts by time, and is safe in file names.</summary>
    public static string NewId(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[3];
        System.Random.Shared.NextBytes(random);
        return $"{time.GetUtcNow():yyyyMMdd-HHmmss-fff}-{Convert.ToHexStringLower(random)}";
    }

    /// <summary>The user's home directory, links resolved.</summary>
    public static string Home() => CanonicalPath.Of(
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && home[0] == '/'
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } known
                ? known
                : "/");

    /// <summary>Facts for compiling policies.</summary>
    /// <param name="workspace">Canonical.</param>
    /// <param name="command">The program's word on the command line; null for none.</param>
    /// <param name="id">The session's id.</param>
    public static SessionFacts Facts(string workspace, string? command, string id)
    {
        var home = Home();
        var agent = AgentOf(command);
        var (gitDir, commonDir) = GitDirectories(workspace);
        return new SessionFacts
        {
            Workspace = workspace,
            Home = home,
            Tmp = CanonicalPath.Of("/tmp"),
            RuntimeDir = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 1 } runtime && runtime[0] == '/'
                ? CanonicalPath.Of(runtime)
                : null,
            Agent = agent,
            AgentConfig = agent is null ? null : ConfigOf(agent, home),
            Trust = CanonicalPath.Of(GatewaySetup.TrustOf(id)),
            GitDir = gitDir,
            GitCommonDir = commonDir,
            SessionId = id,
            User = Environment.UserName is { Length: > 0 } user ? user : null,
            Uid = ProcessStatus.UserId(),
        };
    }

    private static string? AgentOf(string? command) => Path.GetFileName(command) switch
    {
        "claude" => "claude",
        "codex" => "codex",
        "gemini" => "gemini",
        "qwen" => "qwen",
        "opencode" => "opencode",
        _ => null,
    };

    private static string ConfigOf(string agent, string home) =>
        CanonicalPath.Of(agent == "opencode" ? Path.Join(home, ".config", agent) : Path.Join(home, "." + agent));

    /// <summary>
    /// The repository's own directory and the one that worktrees share (gitrepository-layout(5)). What lies in the workspace may have been
    /// written to gain access to other directories, so a directory outside counts only when it is a repository that points back.
    /// </summary>
    private static (string? GitDir, string? CommonDir) GitDirectories(string workspace)
    {
        var dotGit = Path.Join(workspace, ".git");
        if (new FileInfo(dotGit) is not { LinkTarget: null })
        {
            return (null, null);
        }

        if (Directory.Exists(dotGit))
        {
            return (dotGit, dotGit);
        }

        if (FirstLine(dotGit) is not { } line || !line.StartsWith("gitdir: ", StringComparison.Ordinal))
        {
            return (null, null);
        }

        var gitDir = CanonicalPath.Of(Path.GetFullPath(line["gitdir: ".Length..], workspace));
        if (IsModuleOf(gitDir, workspace))
        {
            return (gitDir, gitDir);
        }

        var parent = Path.GetDirectoryName(gitDir);
        return FirstLine(Path.Join(gitDir, "gitdir")) == dotGit && Path.GetFileName(parent) == "worktrees"
            && Path.GetDirectoryName(parent) is { } common && IsRepository(common)
                ? (gitDir, common)
                : (null, null);
    }

    private static bool IsRepository(string directory) =>
        File.Exists(Path.Join(directory, "HEAD")) && Directory.Exists(Path.Join(directory, "objects")) && Directory.Exists(Path.Join(directory, "refs"));

    /// <summary>Whether a directory is the repository of a submodule that is checked out in the workspace.</summary>
    private static bool IsModuleOf(string gitDir, string workspace)
    {
        const string Key = "worktree = ";
        if (!IsRepository(gitDir))
        {
            return false;
        }

        try
        {
            return File.ReadLines(Path.Join(gitDir, "config")).Select(line => line.Trim())
                .Any(line => line.StartsWith(Key, StringComparison.Ordinal) && Path.GetFullPath(line[Key.Length..], gitDir) == workspace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // what leash cannot read, the policy cannot name; statements on it are inert
        }
    }
}
