using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Principals;

/// <summary>What the principal classes of a kernel plan stand for, as far as statements on endpoints and requests ask.</summary>
internal sealed class KernelPrincipals(PrincipalClasses classes, AtomTable atoms)
{
    /// <summary>The class that another decider of the same plan has for what the kernel knows a process as.</summary>
    /// <param name="decider">Decides on endpoints and requests by the answer, and on nothing else.</param>
    /// <param name="principal">The kernel's class.</param>
    public int In(PlanDecider decider, uint principal) => principal == PlanAbi.NoPrincipal || principal >= classes.Count
        ? PlanDecider.DeniedPrincipal // FAIL-CLOSED: denied everything here, too
        : decider.PrincipalWhere(test => atoms.Find(test) is { } atom && classes.Holds((int)principal, atom));
}
