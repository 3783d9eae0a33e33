using System.Collections.Immutable;
using System.Net;

namespace Leash.Sessions.InKernel;

/// <summary>Another process that reads a session's events into its log, exchanges its plan and ends its enforcement.</summary>
internal interface IKernelHolder
{
    /// <summary>Whether it has taken the session: then it ends the enforcement.</summary>
    bool Holds { get; }

    /// <summary>Why it could hold no session on this machine; null when it can.</summary>
    string? FindObstacle();

    /// <summary>Is told of the session while its command waits, and takes it before the command's first instruction.</summary>
    void Offer(KernelHold session);

    /// <summary>Names that an address was learnt under, for the log.</summary>
    void Learn(IPAddress address, ImmutableArray<string> names);
}

/// <summary>A session as its holder has to know it.</summary>
/// <param name="Pins">The directory of the kernel programs' pins.</param>
/// <param name="Cgroup">The cgroup's id.</param>
/// <param name="CgroupPath">Its directory.</param>
/// <param name="Generation">Of the plan in force.</param>
internal sealed record KernelHold(string Pins, ulong Cgroup, string CgroupPath, ulong Generation);
