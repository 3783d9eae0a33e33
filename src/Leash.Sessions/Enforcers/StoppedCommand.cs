using Leash.Sessions.Init;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>The command child, in its namespaces and its cgroup and under its filter, waiting to be let go.</summary>
/// <param name="Pid">Its pid, as seen from here.</param>
/// <param name="Listener">The filter's listener, or -1.</param>
/// <param name="FilterFlags">The flags that the kernel took the filter with.</param>
/// <param name="Init">What leash-init reached.</param>
/// <param name="Cgroup">The session's cgroup when the child is in it, else null.</param>
internal sealed record StoppedCommand(int Pid, int Listener, uint FilterFlags, InitReport Init, SessionCgroup? Cgroup)
{
    public bool OwnPidNamespace => Init.Rung != IsolationRung.Plain;
}
