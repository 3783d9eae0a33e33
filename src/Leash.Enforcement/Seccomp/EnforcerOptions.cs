using Leash.Audit;
using Leash.Enforcement.Files;
using Leash.Plan;

namespace Leash.Enforcement.Seccomp;

/// <summary>What a session hands to <see cref="SeccompEnforcer.Start"/>. All ids are those of the supervisor's own namespaces.</summary>
internal sealed record EnforcerOptions
{
    /// <summary>The listener that came with the filter. The enforcer owns and closes it.</summary>
    public required int NotifyFd { get; init; }

    /// <summary>Pid of the command child, which waits for the acknowledgement; its root directory becomes the session's.</summary>
    public required int ChildPid { get; init; }

    public required PlanDecider Decider { get; init; }

    public required IAuditSink Audit { get; init; }

    public EnforcementMode Mode { get; init; } = EnforcementMode.Enforce;

    /// <summary>Capabilities the agent keeps (bit per capability); the workers act with no more than these for file access.</summary>
    public ulong AgentCapabilities { get; init; }

    /// <summary>User id of the command, as seen by the supervisor.</summary>
    public required uint Uid { get; init; }

    /// <summary>Group id of the command, as seen by the supervisor.</summary>
    public required uint Gid { get; init; }

    /// <summary>The session has a pid namespace of its own: signals cannot leave it and its /proc shows only itself.</summary>
    public bool OwnPidNamespace { get; init; }

    /// <summary>No process outside the session is visible, but <c>pidfd_getfd</c> is refused: sockets are made by the supervisor.</summary>
    public bool BrokeredSockets { get; init; }

    /// <summary>Canonical paths of leash's own files and directories: no operation of the session reaches them under any policy.</summary>
    public IReadOnlyList<string> ProtectedPaths { get; init; } = [];

    /// <summary>Files that the session reads with other content: resolv.conf, which names the session's resolver, and the roots that it trusts.</summary>
    public FileSubstitute[] Substitutes { get; init; } = [];

    /// <summary>Told of each exec that moves a process to another class; null when nobody asks.</summary>
    public PrincipalMoved? OnPrincipalMoved { get; init; }

    /// <summary>Adds the handlers of the socket family to the table before the first worker starts.</summary>
    public Action<HandlerTable, EnforcerServices>? RegisterSockets { get; init; }

    /// <summary>Workers that wait for notifications; 0 chooses by the number of processors.</summary>
    public int Workers { get; init; }
}

/// <summary>An exec moved a process from one class to another.</summary>
internal delegate void PrincipalMoved(int before, int after, ReadOnlySpan<byte> binary, ReadOnlySpan<byte> script);
