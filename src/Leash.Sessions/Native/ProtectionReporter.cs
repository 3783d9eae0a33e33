using System.Runtime.InteropServices;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Init;

namespace Leash.Sessions.Native;

/// <summary>Words for what a native session has and lacks.</summary>
internal static class ProtectionReporter
{
    private static readonly string[] _order = ["files", "programs", "processes", "network", "dns", "http"];

    public static List<ProtectionLine> Describe(SessionEnforcers enforcers, StoppedCommand command, bool hasGateway)
    {
        bool isIsolated = command.OwnPidNamespace;
        List<ProtectionLine> lines =
        [
            .. enforcers.Files.Describe(),
            .. enforcers.Network.Describe(),
            new("http", hasGateway, hasGateway
                ? "opened by the gateway, decided by request; connections to this machine itself only where policies are about requests"
                : "not looked at: policies about requests are refused"),
            new("isolation", isIsolated, Isolation(command.Init)),
            new("cgroup", command.Cgroup is not null, command.Cgroup is { } cgroup
                ? cgroup.Path
                : "none could be created: processes are ended by their parentage"),
        ];

        // What is governed comes first, then what it stands on.
        return [.. lines.OrderBy(line => Array.IndexOf(_order, line.Subject) is >= 0 and var place ? place : _order.Length)];
    }

    private static string Isolation(InitReport init) => init.Rung switch
    {
        IsolationRung.Root => "pid, mount, ipc and uts namespaces; capabilities dropped",
        IsolationRung.User => "user, pid, mount, ipc and uts namespaces",
        IsolationRung.Plain =>
            $"no namespaces (user namespaces: {InitFailure.Operation(init.UserRung.Step)} failed: "
            + $"{Marshal.GetPInvokeErrorMessage(init.UserRung.Errno)}); volumes are not available",
    };
}
