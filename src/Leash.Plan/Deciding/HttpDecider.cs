using System.Collections.Immutable;

namespace Leash.Plan.Deciding;

/// <summary>What the statements on requests say about one.</summary>
/// <param name="IsPermitted">A permit matches.</param>
/// <param name="IsForbidden">A forbid matches.</param>
/// <param name="IsListed">A permit can apply to the host, so that one has to match.</param>
internal readonly record struct HttpFindings(bool IsPermitted, bool IsForbidden, bool IsListed);

/// <summary>The statements on requests and on rewrites.</summary>
internal sealed class HttpDecider(PrincipalTable principals, EnforcementPlan plan)
{
    private readonly HttpTable _requests = new(principals, plan.Statements.Where(s => s.Actions.Has(PlanAction.HttpRequest)));
    private readonly HttpTable _rewrites = new(principals, plan.Statements.Where(s => s.Actions.Has(PlanAction.HttpRewrite)));
    private readonly bool _proposesRewrites = plan.Statements.Any(statement => !RewriteProposals.Of(statement).IsEmpty);

    /// <summary>What is said about a request to a host known by this name, or by number only when null.</summary>
    public HttpFindings Decide(
        PrincipalClass principal, in Endpoint endpoint, string? name, HttpMessage message, List<PlanStatement>? found)
    {
        var (isPermitted, isForbidden, isListed) = (false, false, false);
        var scratch = _requests.Fire(endpoint, name);
        for (var i = 0; i < _requests.CountOf(scratch); i++)
        {
            var entry = _requests[scratch, i];
            if ((isListed || !entry.IsPermit) && entry.IsOfAnotherPath(message))
            {
                continue;
            }

            var row = entry.RowOf(principal, endpoint, name);
            if (entry.IsSatisfied(row, message))
            {
                found?.Add(entry.Statement);
                isPermitted |= entry.IsPermit;
                isForbidden |= !entry.IsPermit;
            }
            else if (entry.IsPermit && !isListed)
            {
                isListed = entry.CanApply(principal, endpoint, name);
            }
        }

        return new HttpFindings(isPermitted, isForbidden, isListed || isPermitted);
    }

    /// <summary>Whether some requests to a host can be denied by what is said about requests.</summary>
    public bool Restricts(PrincipalClass principal, in Endpoint endpoint, string? name)
    {
        var (isListed, areAllPermitted) = (false, false);
        var scratch = _requests.Fire(endpoint, name);
        for (var i = 0; i < _requests.CountOf(scratch); i++)
        {
            var entry = _requests[scratch, i];
            var row = entry.RowOf(principal, endpoint, name);
            if (!entry.IsPermit && entry.CanApply(row))
            {
                return true;
            }

            isListed |= entry.IsPermit && entry.CanApply(principal, endpoint, name);
            areAllPermitted |= entry.IsPermit && entry.IsSatisfiedByAll(row);
        }

        return isListed && !areAllPermitted;
    }

    /// <summary>The changes that are proposed and allowed.</summary>
    public ImmutableArray<PlannedEdit> Rewrite(PrincipalClass principal, in Endpoint endpoint, string? name)
    {
        if (!_proposesRewrites)
        {
            return [];
        }

        var scratch = _rewrites.Fire(endpoint, name);
        var result = ImmutableArray.CreateBuilder<PlannedEdit>();
        for (var i = 0; i < _rewrites.CountOf(scratch); i++)
        {
            var entry = _rewrites[scratch, i];
            var row = entry.RowOf(principal, endpoint, name);
            foreach (var edit in entry.Proposals)
            {
                if (entry.IsSatisfied(row, edit) && !IsForbidden(scratch, principal, endpoint, name, edit))
                {
                    result.Add(new PlannedEdit(edit, entry.Statement.PolicyId));
                }
            }
        }

        return result.ToImmutable();
    }

    private bool IsForbidden(DecisionScratch scratch, PrincipalClass principal, in Endpoint endpoint, string? name, HeaderEdit edit)
    {
        for (var i = 0; i < _rewrites.CountOf(scratch); i++)
        {
            var entry = _rewrites[scratch, i];
            if (!entry.IsPermit && entry.IsSatisfied(entry.RowOf(principal, endpoint, name), edit))
            {
                return true;
            }
        }

        return false;
    }
}
