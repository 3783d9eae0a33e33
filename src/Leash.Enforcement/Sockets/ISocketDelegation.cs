namespace Leash.Enforcement.Sockets;

/// <summary>
/// Tells programs in the kernel, which decide on the session's sockets too, for whom a thread of the supervisor acts.
/// </summary>
internal interface ISocketDelegation
{
    /// <summary>From now on the calling thread acts for a process of the session. 0 or minus an errno.</summary>
    /// <param name="tid">The thread that it acts for.</param>
    /// <param name="principal">The process's class.</param>
    int Begin(int tid, int principal);

    /// <summary>The calling thread acts for nobody.</summary>
    void End();

    /// <summary>An exec moved a process to another class.</summary>
    void Move(int before, int after, ReadOnlySpan<byte> binary, ReadOnlySpan<byte> script);
}
