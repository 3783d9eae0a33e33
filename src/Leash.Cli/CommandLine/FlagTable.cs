namespace Leash.Cli.CommandLine;

/// <summary>The flags of <c>leash [flags] COMMAND</c>.</summary>
internal enum RunFlag
{
    Policy,
    Mode,
    Enforcer,
    Workspace,
    Env,
    Volume,
    Dns,
    Gateway,
    Secret,
    Placeholder,
    Passthrough,
    Trust,
    LogQueries,
    AllEvents,
    NoInteractive,
    Verbose,
    Quiet,
    Version,
    Help,
}

/// <summary>How flags are written.</summary>
internal static class FlagTable
{
    /// <summary>Every flag's long name, for suggestions.</summary>
    public static IReadOnlyList<string> LongNames { get; } =
    [
        "--policy", "--mode", "--enforcer", "--workspace", "--env", "--volume", "--dns", "--gateway", "--secret", "--placeholder",
        "--passthrough", "--trust", "--log-queries", "--all-events", "--no-interactive", "--verbose", "--quiet", "--version", "--help",
    ];

    /// <summary>The flag of a long or short name; null when there is none.</summary>
    public static RunFlag? Find(string name) => name switch
    {
        "--policy" => RunFlag.Policy,
        "--mode" => RunFlag.Mode,
        "--enforcer" => RunFlag.Enforcer,
        "--workspace" => RunFlag.Workspace,
        "--env" or "-e" => RunFlag.Env,
        "--volume" or "-v" => RunFlag.Volume,
        "--dns" => RunFlag.Dns,
        "--gateway" => RunFlag.Gateway,
        "--secret" => RunFlag.Secret,
        "--placeholder" => RunFlag.Placeholder,
        "--passthrough" => RunFlag.Passthrough,
        "--trust" => RunFlag.Trust,
        "--log-queries" => RunFlag.LogQueries,
        "--all-events" => RunFlag.AllEvents,
        "--no-interactive" or "-I" => RunFlag.NoInteractive,
        "--verbose" or "-V" => RunFlag.Verbose,
        "--quiet" or "-q" => RunFlag.Quiet,
        "--version" => RunFlag.Version,
        "--help" or "-h" => RunFlag.Help,
        _ => null,
    };

    /// <summary>What stands behind the flag; null when nothing does.</summary>
    public static string? ValueName(RunFlag flag) => flag switch
    {
        RunFlag.Policy => "FILE",
        RunFlag.Mode => "enforce|shadow|record",
        RunFlag.Enforcer => "NAME",
        RunFlag.Workspace => "DIR",
        RunFlag.Env => "KEY=VALUE",
        RunFlag.Volume => "SRC:DST[:ro]",
        RunFlag.Dns => "ADDRESS[:PORT]",
        RunFlag.Gateway => "on|off",
        RunFlag.Secret => "NAME=env:VARIABLE",
        RunFlag.Placeholder => "VARIABLE[=HOST[:HEADER]]",
        RunFlag.Passthrough => "HOST",
        RunFlag.Trust => "FILE",
        RunFlag.LogQueries => null,
        RunFlag.AllEvents => null,
        RunFlag.NoInteractive => null,
        RunFlag.Verbose => null,
        RunFlag.Quiet => null,
        RunFlag.Version => null,
        RunFlag.Help => null,
    };
}
