using Leash.Enforcement.Filter;
using Leash.Plan;

namespace Leash.Cli.Running;

/// <summary>
/// Runs once, beside the compilation of the policy, what the session needs right after it: the runtime compiles generic code on first
/// use, and that waits for nothing.
/// </summary>
internal static class WarmUp
{
    public static void Start()
    {
        var thread = new Thread(Run) { Name = "warm-up", IsBackground = true };
        thread.Start();
    }

    private static void Run()
    {
        _ = new PlanDecider(EnforcementPlan.DenyAll);
        FilterBuilder.Build(new FilterOptions { OwnPidNamespace = true, BrokeredSockets = false });
    }
}
