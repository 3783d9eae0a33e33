using Leash.Bpf.Events;

namespace Leash.Bpf.Sessions;

/// <summary>What a running session has in the kernel, for the one process that holds it.</summary>
internal interface ISessionKernel : IDisposable
{
    /// <summary>Makes a plan the pending one. Returns when every program that started before has ended.</summary>
    void SetPending(ReadOnlySpan<byte> pages);

    /// <summary>Makes the pending plan the one in force, by one write. Returns when no program uses the one before.</summary>
    void CommitPending();

    void AbandonPending();

    /// <summary>Enters a class; false when there is an entry already, which stays.</summary>
    bool TryEnterClass(ulong generation, ulong execId, uint principal);

    void RemoveClass(ulong generation, ulong execId);

    /// <summary>Returns when every program that runs now has ended.</summary>
    void AwaitPrograms();

    /// <summary>The exec ids that processes of the session have now.</summary>
    IReadOnlySet<ulong> LivingExecs();

    /// <summary>Sums over all processors.</summary>
    void ReadCounters(Span<ulong> totals);

    /// <summary>Waits for events, or for the descriptor <paramref name="wake"/>.</summary>
    void Wait(int milliseconds, int wake);

    /// <summary>Where the next event will be written.</summary>
    ulong EventsEnd { get; }

    /// <summary>Reads at most so many events that were written before <paramref name="end"/>; how many it read.</summary>
    int Read(SampleHandler handler, int limit, ulong end);

    /// <summary>Gives the room of what was read back.</summary>
    void Release();

    /// <summary>Denies everything from now on.</summary>
    void Freeze();

    /// <summary>Ends the enforcement, when no process of the session is left.</summary>
    void End();
}
