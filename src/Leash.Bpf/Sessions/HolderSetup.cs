using System.Collections.Immutable;
using System.Net;
using Leash.Bpf.Events;

namespace Leash.Bpf.Sessions;

/// <summary>What a session is held with.</summary>
internal sealed record HolderSetup
{
    public required IHeldLog Log { get; init; }

    /// <summary>The plan that the kernel decides by now.</summary>
    public required PlanGeneration InForce { get; init; }

    /// <summary>Other plans that events in the ring may speak of.</summary>
    public IReadOnlyList<PlanGeneration> Others { get; init; } = [];

    /// <summary>Where it is kept what processes run, for another holder; null when there will be none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Whether the log gets only what was denied: a supervisor decides first, and records what it allows itself.</summary>
    public bool IsSupervised { get; init; }

    /// <summary>Host names under which an address was learnt.</summary>
    public Func<IPAddress, ImmutableArray<string>> NamesFor { get; init; } = _ => [];

    /// <summary>What an earlier holder had reported; empty for the first.</summary>
    public ulong[] ReportedCounters { get; init; } = [];
}
