using System.Net;
using Leash.Audit;
using Leash.Enforcement.Seccomp;
using Leash.Plan;

namespace Leash.Sessions;

/// <summary>What a session runs, where, and under what.</summary>
internal sealed record SessionConfig
{
    public required string SessionId { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Absolute path of the workspace. The command starts in the current directory if that is inside, else here.</summary>
    public required string Workspace { get; init; }

    public required EnforcementPlan Plan { get; init; }

    /// <summary>Decides by <see cref="Plan"/>.</summary>
    public required PlanDecider Decider { get; init; }

    /// <summary>The enforcer asked for by name, or <c>auto</c>.</summary>
    public string Enforcer { get; init; } = Enforcers.EnforcerSelection.Auto;

    public required IAuditSink Audit { get; init; }

    public EnforcementMode Mode { get; init; } = EnforcementMode.Enforce;

    /// <summary>Whether programs in the kernel report each allowed operation, and not only the first of its kind.</summary>
    public bool RecordsAll { get; init; }

    /// <summary>Changes to the inherited environment, in order.</summary>
    public IReadOnlyList<EnvironmentEdit> Environment { get; init; } = [];

    public IReadOnlyList<BindMount> Binds { get; init; } = [];

    /// <summary>Whether the command gets a terminal of its own when leash runs on one; otherwise it gets leash's streams as they are.</summary>
    public bool UsesTerminal { get; init; } = true;

    /// <summary>Where the session's resolver sends permitted queries; empty means the machine's own servers.</summary>
    public IReadOnlyList<IPEndPoint> DnsServers { get; init; } = [];

    /// <summary>What the session's gateway is made of; null for a session without one.</summary>
    public Http.HttpGateway? Gateway { get; init; }

    /// <summary>Canonical paths of leash's own files: no operation of the session reaches them under any policy.</summary>
    public IReadOnlyList<string> ProtectedPaths { get; init; } = [];

    /// <summary>Holds the session when its files are enforced in the kernel.</summary>
    public required InKernel.IKernelHolder Holder { get; init; }

    /// <summary>Called once enforcement is on and before the command's first instruction: the place for the first record and the first line.</summary>
    public Action<ActiveSession>? OnActive { get; init; }

    /// <summary>Called once, on any thread, when the session cannot go on: end it.</summary>
    public required Action<string> OnFailure { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Sets a variable, or removes it when <paramref name="Value"/> is null.</summary>
internal sealed record EnvironmentEdit(string Name, string? Value);
