using System.Runtime.InteropServices;
using Leash.Sessions.Init;

namespace Leash.Sessions.Native;

/// <summary>Words for what a native session has and lacks.</summary>
internal static class ProtectionReporter
{
    public static List<ProtectionLine> Describe(InitReport init, bool brokeredSockets, bool killableWait, bool synchronousWakeUp, string? cgroup)
    {
        bool isIsolated = init.Rung != IsolationRung.Plain;
        return
        [
            new("files", true, "opened and changed by the supervisor on the resolved file"),
            new("programs", true, "checked at exec and again before the first instruction"),
            Network(brokeredSockets),
            new("processes", true, isIsolated
                ? "own pid namespace: nothing outside can be seen or signalled"
                : "no pid namespace: signals are delivered by the supervisor, to the session's own processes only; others' names are visible"),
            new("isolation", isIsolated, Isolation(init)),
            new("landlock", init.LandlockAbi > 0, init.LandlockAbi > 0
                ? $"floor under the filter (abi {init.LandlockAbi})"
                : "not in this kernel: the filter is the only layer"),
            new("cgroup", cgroup is not null, cgroup is null ? "none could be created: processes are ended by their parentage" : cgroup),
            new("notification", killableWait, Notification(killableWait, synchronousWakeUp)),
        ];
    }

    private static ProtectionLine Network(bool brokered) => brokered
        ? new("network", true, "the supervisor makes the sockets (pidfd_getfd is refused here): stream sockets only, UDP is refused, DNS goes over TCP")
        : new("network", true, "connected, bound and sent by the supervisor; names by the session's resolver");

    private static string Isolation(InitReport init) => init.Rung switch
    {
        IsolationRung.Root => "pid, mount, ipc and uts namespaces; capabilities dropped",
        IsolationRung.User => "user, pid, mount, ipc and uts namespaces",
        IsolationRung.Plain =>
            $"no namespaces (user namespaces: {InitFailure.Operation(init.UserRung.Step)} failed: "
            + $"{Marshal.GetPInvokeErrorMessage(init.UserRung.Errno)}); volumes are not available",
    };

    private static string Notification(bool killable, bool synchronous) => (killable, synchronous) switch
    {
        (true, true) => "killable waits, synchronous wake-up",
        (true, false) => "killable waits; no synchronous wake-up before Linux 6.6: governed calls are slower",
        (false, _) => "before Linux 5.19 a signal can interrupt a call that the supervisor is performing",
    };
}
