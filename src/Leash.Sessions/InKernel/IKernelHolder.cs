using System.Collections.Immutable;
using System.Net;
using Leash.Plan;

namespace Leash.Sessions.InKernel;

/// <summary>Another process that reads a session's events into its log, exchanges its plan and ends its enforcement.</summary>
internal interface IKernelHolder
{
    /// <summary>Whether it has taken a session: then it ends the enforcement.</summary>
    bool Holds { get; }

    /// <summary>Takes a session whose command waits.</summary>
    void Hold(KernelHold session);

    /// <summary>Names that an address was learnt under, for the log.</summary>
    void Learn(IPAddress address, ImmutableArray<string> names);
}

/// <summary>A session as its holder has to know it.</summary>
/// <param name="Pins">The directory of the kernel programs' pins.</param>
/// <param name="Cgroup">The cgroup's id.</param>
/// <param name="CgroupPath">Its directory.</param>
/// <param name="Generation">Of the plan in force.</param>
/// <param name="Exchange">Exchanges the plan.</param>
internal sealed record KernelHold(string Pins, ulong Cgroup, string CgroupPath, ulong Generation, PlanExchange Exchange);

/// <summary>Exchanges the plan of a running session in everything that decides by it.</summary>
/// <param name="plan">The new one.</param>
/// <param name="decider">Decides by it.</param>
/// <param name="apply">Puts its pages in force in the kernel, or throws.</param>
/// <exception cref="SessionException">It does not fit; the plan before is in force.</exception>
internal delegate void PlanExchange(EnforcementPlan plan, PlanDecider decider, Action<ReadOnlyMemory<byte>> apply);
