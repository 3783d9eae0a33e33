using Leash.Audit;

namespace Leash.Bpf.Tests.Sessions;

internal static class Headers
{
    public static SessionHeader Any { get; } = new()
    {
        SessionId = "s", Version = "1", Command = ["true"], Workspace = "/w", Mode = "enforce", Enforcer = "bpf-lsm", Policies = [], Machine = "m",
    };
}
