namespace Leash.Enforcement.Filter;

/// <summary>Facts about a session that change which system calls its filter passes, refuses or notifies.</summary>
internal sealed record FilterOptions
{
    /// <summary>Signals cannot leave the session's pid namespace, so the kill family needs no supervision.</summary>
    public bool OwnPidNamespace { get; init; }

    /// <summary>
    /// The supervisor cannot duplicate descriptors out of the session, so it makes the session's sockets itself:
    /// <c>socket</c> is notified and sending without an address stays with the kernel.
    /// </summary>
    public bool BrokeredSockets { get; init; }

    /// <summary>The supervisor leads connections elsewhere than they asked for: <c>getpeername</c> is answered by it, where it can look at sockets.</summary>
    public bool AnswersPeerNames { get; init; }
}
