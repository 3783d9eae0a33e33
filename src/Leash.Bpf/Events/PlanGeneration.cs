using Leash.Plan;

namespace Leash.Bpf.Events;

/// <summary>A plan under its number, and the decider that names the statements behind its verdicts.</summary>
internal sealed class PlanGeneration(ulong number, EnforcementPlan plan, PlanDecider decider)
{
    private readonly Dictionary<ExecIdentity, int> _principals = [];

    public ulong Number { get; } = number;

    public EnforcementPlan Plan { get; } = plan;

    public PlanDecider Decider { get; } = decider;

    /// <summary>The decider's class of a process that runs an image.</summary>
    public int PrincipalOf(ExecIdentity identity)
    {
        if (!_principals.TryGetValue(identity, out int principal))
        {
            principal = Compute(identity);
            _principals.Add(identity, principal);
        }

        return principal;
    }

    private int Compute(ExecIdentity identity)
    {
        int principal = Decider.InitialPrincipal;
        if (!Decider.DependsOnPrincipal || identity.Exe.Length == 0)
        {
            return principal;
        }

        foreach (byte[] path in identity.Before.ToArray())
        {
            principal = Decider.MovePrincipal(principal, path, []);
        }

        return Decider.MovePrincipal(principal, identity.Exe, identity.Script);
    }
}
