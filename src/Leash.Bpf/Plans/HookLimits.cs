using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>What a policy may ask that the programs on the kernel's hooks do not know.</summary>
internal static class HookLimits
{
    /// <summary>The statements that they cannot enforce exactly; none is left to chance.</summary>
    public static IEnumerable<KernelDiagnostic> Find(EnforcementPlan plan)
    {
        foreach (var statement in plan.Statements)
        {
            if (statement.Atoms.Any(atom => atom.Tests[0].Domain == TestDomain.Principal))
            {
                yield return new KernelDiagnostic(
                    KernelCodes.Programs, statement, "the programs on the session's cgroup are not told which program asks, unless a supervisor does",
                    "have files enforced by `seccomp`, or leave out `principal`");
            }
        }
    }
}
