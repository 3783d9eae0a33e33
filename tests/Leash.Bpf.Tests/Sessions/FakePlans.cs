using Leash.Bpf.Events;
using Leash.Bpf.Sessions;
using Leash.Plan;

namespace Leash.Bpf.Tests.Sessions;

/// <summary>Plans for <see cref="FakeKernel"/>, whose classes are the decider's.</summary>
internal static class FakePlans
{
    /// <summary>A plan that tells these programs apart, and whether they are in the lineage.</summary>
    public static PreparedPlan Of(FakeKernel kernel, ulong generation, params string[] programs)
    {
        EnforcementPlan plan = new([.. programs.SelectMany(program => (PlanStatement[])
        [
            PlanStatement.Permit("exe " + program, PlanActionMask.FileOpenReadOnly, new PlanTest.ExeIs(program)),
            PlanStatement.Permit("lineage " + program, PlanActionMask.FileDelete, new PlanTest.LineageHas(program)),
        ])]);
        PlanDecider decider = new(plan);
        PreparedPlan prepared = new(
            new PlanGeneration(generation, plan, decider), BitConverter.GetBytes(generation), programs.Length == 0 ? 1 : 1000, 0,
            (principal, exe, script) => (uint)decider.MovePrincipal((int)principal, exe, script));
        kernel.Plans.Add(generation, prepared);
        return prepared;
    }
}
