using Leash.Audit;
using Leash.Enforcement.Files;
using Leash.Enforcement.Labels;
using Leash.Plan;

namespace Leash.Enforcement.Seccomp;

/// <summary>What all workers of a session share.</summary>
internal sealed class EnforcerServices
{
    // Null until the first exchange.
    private volatile PlanDecider? _exchanged;

    public required EnforcerOptions Options { get; init; }

    public required LabelTable Labels { get; init; }

    public required AgentRoot Root { get; init; }

    public required PathResolver Resolver { get; init; }

    public required ProcRules ProcRules { get; init; }

    public required TerminalSet Terminals { get; init; }

    public required WorkerPool Workers { get; init; }

    public required WorkerCredentials Credentials { get; init; }

    /// <summary>Decides what comes next; a call that has begun keeps to <see cref="SyscallContext.Decider"/>.</summary>
    public PlanDecider Decider => _exchanged ?? Options.Decider;

    public IAuditSink Audit => Options.Audit;

    public EnforcementMode Mode => Options.Mode;

    public int Listener => Options.NotifyFd;

    /// <summary>
    /// Held shared by every operation that adds, removes or renames a name, and exclusively while a directory is checked and moved,
    /// so that nothing appears in a tree between its check and its move.
    /// </summary>
    public ReaderWriterLockSlim Names { get; } = new(LockRecursionPolicy.NoRecursion);

    /// <summary>Every call that begins from now on is decided by another plan. Neither may tell principals apart: labels stay.</summary>
    public void Exchange(PlanDecider decider) => _exchanged = decider;
}
