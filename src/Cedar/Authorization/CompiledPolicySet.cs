using Cedar.Authorization.Index;
using Cedar.Evaluation;
using Cedar.Syntax;

namespace Cedar.Authorization;

/// <summary>
/// A policy set prepared for many decisions: expressions are compiled, and policies indexed by what their scopes ask for, so that a decision
/// looks only at those that can match. It decides exactly as the policy set does. Immutable; safe to use from several threads.
/// </summary>
public sealed class CompiledPolicySet
{
    private const int KeysOnStack = 32;

    private readonly ScopeKeys _principals;
    private readonly ScopeKeys _actions;
    private readonly ScopeKeys _resources;
    private readonly IndexNode _permits;
    private readonly IndexNode _forbids;

    private CompiledPolicySet(PolicySet policies)
    {
        Policies = policies;
        var indexer = new PolicyIndexer();
        List<IndexedPolicy> permits = [];
        List<IndexedPolicy> forbids = [];
        foreach (var policy in policies.Policies)
        {
            (policy.Effect == Effect.Permit ? permits : forbids).Add(indexer.Convert(policy, permits.Count + forbids.Count));
        }

        (_principals, _actions, _resources) = (indexer.Principals, indexer.Actions, indexer.Resources);
        _permits = IndexBuilder.Build(permits);
        _forbids = IndexBuilder.Build(forbids);
    }

    /// <summary>What this was made from.</summary>
    public PolicySet Policies { get; }

    /// <summary>Prepares a policy set. Takes time and memory in proportion to its size.</summary>
    public static CompiledPolicySet Compile(PolicySet policies) => new(policies);

    /// <summary>
    /// The decision alone. Allocates nothing, unless a condition makes a set, a record or a value of an extension type, or fails. Policies whose
    /// condition has no value are skipped; <see cref="Authorize"/> lists them.
    /// </summary>
    public Decision Decide(Request request, IEntityStore entities)
    {
        var principal = new KeyList(stackalloc int[KeysOnStack]);
        var action = new KeyList(stackalloc int[KeysOnStack]);
        var resource = new KeyList(stackalloc int[KeysOnStack]);
        FindKeys(request, entities, ref principal, ref action, ref resource);
        var search = new PolicySearch(new RequestKeys(principal.Keys, action.Keys, resource.Keys), new Frame(request, entities));
        var decision = search.AnySatisfied(_permits) && !search.AnySatisfied(_forbids) ? Decision.Allow : Decision.Deny;
        principal.Return();
        action.Return();
        resource.Return();
        return decision;
    }

    /// <summary>The decision with its reasons. Policies whose condition has no value are skipped and listed.</summary>
    public Response Authorize(Request request, IEntityStore entities)
    {
        var principal = new KeyList(stackalloc int[KeysOnStack]);
        var action = new KeyList(stackalloc int[KeysOnStack]);
        var resource = new KeyList(stackalloc int[KeysOnStack]);
        FindKeys(request, entities, ref principal, ref action, ref resource);
        var search = new PolicySearch(new RequestKeys(principal.Keys, action.Keys, resource.Keys), new Frame(request, entities));
        var findings = new PolicyFindings();
        search.Collect(_permits, findings);
        search.Collect(_forbids, findings);
        principal.Return();
        action.Return();
        resource.Return();
        return findings.ToResponse();
    }

    private void FindKeys(Request request, IEntityStore entities, ref KeyList principal, ref KeyList action, ref KeyList resource)
    {
        _principals.Find(request.Principal, entities, ref principal);
        _actions.Find(request.Action, entities, ref action);
        _resources.Find(request.Resource, entities, ref resource);
    }
}
