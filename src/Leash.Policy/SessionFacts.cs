using System.Collections.Immutable;

namespace Leash.Policy;

/// <summary>
/// What is known of a session when its policies are compiled. Directories are canonical absolute paths (symbolic links resolved), as the
/// enforcers see them.
/// </summary>
public sealed record SessionFacts
{
    /// <summary><c>${workspace}</c></summary>
    public required string Workspace { get; init; }

    /// <summary><c>${home}</c></summary>
    public required string Home { get; init; }

    /// <summary><c>${tmp}</c></summary>
    public string Tmp { get; init; } = "/tmp";

    /// <summary><c>${runtime_dir}</c>, the user's <c>XDG_RUNTIME_DIR</c>; statements on it have no effect when null.</summary>
    public string? RuntimeDir { get; init; }

    /// <summary><c>${agent_config}</c>, the agent's configuration directory; statements on it have no effect when null.</summary>
    public string? AgentConfig { get; init; }

    /// <summary><c>${git_dir}</c> of the workspace; statements on it have no effect when null.</summary>
    public string? GitDir { get; init; }

    /// <summary><c>${git_common_dir}</c>, which worktrees share; statements on it have no effect when null.</summary>
    public string? GitCommonDir { get; init; }

    /// <summary><c>${trust}</c>, where the session finds the certificates that it trusts; statements on it have no effect when null.</summary>
    public string? Trust { get; init; }

    /// <summary>The agent, as in <c>Agent::"claude"</c>; null for a command that is none.</summary>
    public string? Agent { get; init; }

    /// <summary>The session's id, as in <c>Session::"…"</c>.</summary>
    public string SessionId { get; init; } = "session";

    /// <summary>The user's name, as in <c>User::"alice"</c>; null when it has none.</summary>
    public string? User { get; init; }

    /// <summary><c>principal.uid</c></summary>
    public long Uid { get; init; }

    /// <summary>As in <c>Team::"…"</c>.</summary>
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>The names that may stand in <c>${…}</c>.</summary>
    internal static ImmutableArray<string> VariableNames { get; } =
        ["workspace", "home", "tmp", "runtime_dir", "agent_config", "git_dir", "git_common_dir", "trust", "user", "session"];

    /// <summary>The value of a variable; null when it has none on this machine.</summary>
    internal string? ValueOf(string variable) => variable switch
    {
        "workspace" => Workspace,
        "home" => Home,
        "tmp" => Tmp,
        "runtime_dir" => RuntimeDir,
        "agent_config" => AgentConfig,
        "git_dir" => GitDir,
        "git_common_dir" => GitCommonDir,
        "trust" => Trust,
        "user" => User,
        "session" => SessionId,
        _ => null,
    };
}
