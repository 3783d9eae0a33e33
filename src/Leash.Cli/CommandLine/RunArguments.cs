using System.Collections.Immutable;

namespace Leash.Cli.CommandLine;

/// <summary>What a policy's denial does.</summary>
internal enum RunMode
{
    Enforce,
    Shadow,
    Record,
}

/// <summary>A change to the command's environment: a null value passes leash's own value on, or removes the variable when there is none.</summary>
internal sealed record EnvironmentEdit(string Name, string? Value);

/// <summary>A directory or file shown to the command at another place.</summary>
internal sealed record VolumeArgument(string Source, string Destination, bool IsReadOnly);

/// <summary><c>leash [flags] [--] COMMAND [ARG…]</c></summary>
internal sealed record RunArguments
{
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableArray<string> PolicyFiles { get; init; } = [];

    public RunMode Mode { get; init; } = RunMode.Enforce;

    /// <summary>The enforcer asked for, or <c>auto</c>.</summary>
    public string Enforcer { get; init; } = "auto";

    /// <summary>As given; null for the current directory.</summary>
    public string? Workspace { get; init; }

    public ImmutableArray<EnvironmentEdit> Environment { get; init; } = [];

    public ImmutableArray<VolumeArgument> Volumes { get; init; } = [];

    /// <summary>Name servers the session's resolver asks, as <c>address</c> or <c>address:port</c>; empty for the machine's.</summary>
    public ImmutableArray<System.Net.IPEndPoint> NameServers { get; init; } = [];

    public HttpArguments Http { get; init; } = new();

    /// <summary>Every allowed operation is recorded, also where the first of its kind would do.</summary>
    public bool RecordsAll { get; init; }

    /// <summary>Never take over the terminal and never ask.</summary>
    public bool IsNonInteractive { get; init; }

    public bool IsVerbose { get; init; }

    public bool IsQuiet { get; init; }

    public bool IsHelp { get; init; }

    public bool IsVersion { get; init; }
}

/// <summary>A mistake on the command line: what is wrong, and what to do.</summary>
internal sealed record UsageError(string Message, string? Help);
