using Leash.Audit;
using Leash.Enforcement.Files;
using Leash.Enforcement.Labels;
using Leash.Plan;

namespace Leash.Enforcement.Seccomp;

/// <summary>What all workers of a session share.</summary>
internal sealed class EnforcerServices
{
    public required EnforcerOptions Options { get; init; }

    public required LabelTable Labels { get; init; }

    public required AgentRoot Root { get; init; }

    public required PathResolver Resolver { get; init; }

    public required ProcRules ProcRules { get; init; }

    public required TerminalSet Terminals { get; init; }

    public required WorkerPool Workers { get; init; }

    public required WorkerCredentials Credentials { get; init; }

    public PlanDecider Decider => Options.Decider;

    public IAuditSink Audit => Options.Audit;

    public EnforcementMode Mode => Options.Mode;

    public int Listener => Options.NotifyFd;

    /// <summary>
    /// Held shared by every operation that adds, removes or renames a name, and exclusively while a directory is checked and moved,
    /// so that nothing appears in a tree between its check and its move.
    /// </summary>
    public ReaderWriterLockSlim Names { get; } = new(LockRecursionPolicy.NoRecursion);
}
