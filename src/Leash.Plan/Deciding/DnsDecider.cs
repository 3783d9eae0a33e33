using System.Collections.Immutable;

namespace Leash.Plan.Deciding;

/// <summary>
/// Decides queries (see <see cref="PlanDecider.DecideDns"/>). Looks at every statement on connecting or querying: a query takes milliseconds
/// anyway, and what may turn out either way cannot be looked up.
/// </summary>
internal sealed class DnsDecider
{
    private readonly PrincipalTable _principals;
    private readonly ImmutableArray<PlanStatement> _statements;

    public DnsDecider(PrincipalTable principals, EnforcementPlan plan)
    {
        const PlanActionMask Asked = PlanActionMask.NetworkConnect | PlanActionMask.DnsQuery;
        _principals = principals;
        _statements = [.. plan.Statements.Where(statement => (statement.Actions & Asked) != PlanActionMask.None)];
        foreach (var atom in _statements.SelectMany(statement => statement.Atoms).Where(atom => atom.Domain == TestDomain.Principal))
        {
            principals.AddAtom(atom);
        }
    }

    public Explanation Decide(PrincipalClass principal, string name, string type)
    {
        var request = new DnsFacts(PrincipalFacts.Initial, name, type);
        bool Holds(PlanTest test, RequestFacts facts) =>
            test.Domain == TestDomain.Principal ? _principals.Holds(principal, test) : PlanInterpreter.Holds(test, facts);

        List<PlanStatement> permits = [];
        List<PlanStatement> forbids = [];
        List<PlanStatement> queryPermits = [];
        var isQueryListed = false;
        foreach (var statement in _statements)
        {
            var isPermit = statement.Effect == PlanEffect.Permit;
            if (statement.Actions.Has(PlanAction.NetworkConnect) && DnsQuestion.CoversName(statement, request, Holds))
            {
                (isPermit ? permits : forbids).Add(statement);
            }

            if (statement.Actions.Has(PlanAction.DnsQuery))
            {
                var isSatisfied = DnsQuestion.IsSatisfied(statement, request, Holds);
                isQueryListed |= isPermit && (isSatisfied || DnsQuestion.CanApply(statement, request, Holds));
                if (isSatisfied)
                {
                    (isPermit ? queryPermits : forbids).Add(statement);
                }
            }
        }

        if (forbids.Count > 0)
        {
            return new Explanation(new Verdict(VerdictReason.Forbidden), [.. forbids.Distinct()]);
        }

        var isPermitted = permits.Count > 0 && (!isQueryListed || queryPermits.Count > 0);
        return new Explanation(Verdict.Of(isPermitted, false), isPermitted ? [.. permits.Concat(queryPermits).Distinct()] : []);
    }
}
