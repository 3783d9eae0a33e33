using Leash.Interop;

namespace Leash.Sessions.Native;

/// <summary>Whether we run inside a session already. The kernel keeps one listener per filter chain, so a second one could not start.</summary>
internal static class NestedSession
{
    public const string Variable = "LEASH_SESSION";

    // A session's processes carry a label in this limit (see the labels' decision record); unlimited has both top bits set.
    public static bool IsInside =>
        ResourceLimit.ReadSoft(Environment.ProcessId, ResourceLimit.RLIMIT_RTTIME, out ulong soft) && soft >> 62 == 1;

    public static void Refuse()
    {
        if (IsInside || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            throw new SessionException(
                "this is already a leash session",
                "run the command directly: it is supervised here; a session cannot be started inside another");
        }
    }
}
