namespace Leash.Plan.Deciding;

/// <summary>The statements on endpoints.</summary>
internal sealed class EndpointIndex
{
    private readonly EndpointAtoms _atoms = new();
    private readonly StatementTable _statements;

    public EndpointIndex(PrincipalTable principals, IEnumerable<PlanStatement> statements)
    {
        _statements = new StatementTable(principals);
        foreach (var statement in statements)
        {
            _statements.Add(statement, _atoms.Add);
        }

        _statements.Freeze();
    }

    /// <summary>What is permitted and forbidden for an endpoint known by this name, or by number only when null.</summary>
    public (PlanActionMask Permitted, PlanActionMask Forbidden) Decide(
        PrincipalClass principal, in Endpoint endpoint, string? name, PlanActionMask wanted, List<PlanStatement>? found)
    {
        var scratch = DecisionScratch.Begin(_statements.AtomCount, _statements.StatementCount);
        _atoms.Fire(endpoint, name, scratch);
        var permitted = PlanActionMask.None;
        var forbidden = PlanActionMask.None;
        _statements.Decide(scratch, principal, wanted, default, ref permitted, ref forbidden, found);
        return (permitted, forbidden);
    }
}
