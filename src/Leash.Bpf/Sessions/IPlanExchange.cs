namespace Leash.Bpf.Sessions;

/// <summary>What the exchange of a plan needs of one session's maps and ring.</summary>
internal interface IPlanExchange
{
    /// <summary>Makes the plan the pending one. Returns when every program that started before has ended.</summary>
    void Prepare(PreparedPlan plan);

    /// <summary>
    /// Makes the pending plan the one in force, by one write. Returns when no program uses the one before any more, and nothing is pending.
    /// </summary>
    void Commit();

    /// <summary>Nothing is pending any more.</summary>
    void Abandon();

    /// <summary>Enters a class; false when there is an entry already, which stays.</summary>
    bool TryEnter(ulong generation, ulong execId, uint principal);

    void Remove(ulong generation, ulong execId);

    /// <summary>Hands everything in the ring to the session's trail.</summary>
    void Drain();

    /// <summary>Returns when every program that runs now has ended.</summary>
    void AwaitPrograms();

    /// <summary>The exec ids that processes of the session have now.</summary>
    IReadOnlySet<ulong> LivingExecs();
}
