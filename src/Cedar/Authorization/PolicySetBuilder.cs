using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Authorization;

/// <summary>
/// Builds and edits a policy set. Every change either happens and returns null, or returns why not and leaves the builder as it was. Not for
/// several threads at once.
/// </summary>
public sealed class PolicySetBuilder
{
    // Suggestions look at no more than this: many wrong links to many templates must not take the square of both.
    private const int MostSearched = 1_000;

    // A removed policy leaves a hole: editing a large set one policy at a time must not move the rest each time.
    private readonly List<Policy?> _order = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _linkCounts = new(StringComparer.Ordinal);

    /// <summary>A builder of a set that is empty so far.</summary>
    public PolicySetBuilder()
    {
    }

    internal PolicySetBuilder(ImmutableArray<Policy> policies, ImmutableArray<Policy> templates)
    {
        foreach (var template in templates)
        {
            Insert(template);
        }

        foreach (var policy in policies)
        {
            Insert(policy);
        }
    }

    /// <summary>The policy or template of that id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Policy? policy)
    {
        policy = _places.TryGetValue(id, out var place) ? _order[place] : null;
        return policy is not null;
    }

    /// <summary>
    /// Adds a policy or a template. A policy that was linked in another set is linked again, so its template must be here and fit.
    /// </summary>
    public PolicySetError? Add(Policy policy)
    {
        if (policy.Link is { } link)
        {
            return Link(link.TemplateId, policy.Id, link.Values);
        }

        if (FindConflict(policy.Id) is { } conflict)
        {
            return conflict;
        }

        Insert(policy);
        return null;
    }

    /// <summary>Adds the policy that a template becomes with these entities in its slots: one for each slot, none for others.</summary>
    public PolicySetError? Link(string templateId, string id, SlotValues values)
    {
        if (!TryGet(templateId, out var template))
        {
            return new PolicySetError(
                CedarCodes.UnknownTemplate, $"there is no template `{templateId}`", Suggestion.DidYouMean(templateId, TemplateIds()));
        }

        if (!template.IsTemplate)
        {
            return new PolicySetError(
                CedarCodes.NotATemplate, $"policy `{templateId}` is not a template", "a template has a slot, as in `principal == ?principal`");
        }

        var error = CheckSlot("?principal", template.Principal.HasSlot, values.Principal, templateId)
            ?? CheckSlot("?resource", template.Resource.HasSlot, values.Resource, templateId)
            ?? FindConflict(id);
        if (error is not null)
        {
            return error;
        }

        Insert(template with
        {
            Id = id,
            Principal = Fill(template.Principal, values.Principal),
            Resource = Fill(template.Resource, values.Resource),
            Link = new TemplateLink(templateId, values),
        });
        return null;
    }

    /// <summary>Removes a policy that was written as such; linked policies go by <see cref="Unlink"/>.</summary>
    public PolicySetError? RemovePolicy(string id)
    {
        if (!TryGet(id, out var policy))
        {
            return new PolicySetError(CedarCodes.UnknownPolicy, $"there is no policy `{id}`");
        }

        if (policy.IsTemplate || policy.Link is not null)
        {
            return new PolicySetError(
                CedarCodes.UnknownPolicy, $"`{id}` is {Describe(policy)}, not a policy of its own",
                policy.IsTemplate ? "remove it as a template" : "unlink it");
        }

        Delete(policy);
        return null;
    }

    /// <summary>Removes a template that no policy is linked from.</summary>
    public PolicySetError? RemoveTemplate(string id)
    {
        if (!TryGet(id, out var template))
        {
            return new PolicySetError(CedarCodes.UnknownTemplate, $"there is no template `{id}`", Suggestion.DidYouMean(id, TemplateIds()));
        }

        if (!template.IsTemplate)
        {
            return new PolicySetError(CedarCodes.NotATemplate, $"policy `{id}` is not a template");
        }

        if (_linkCounts.TryGetValue(id, out var links))
        {
            return new PolicySetError(
                CedarCodes.TemplateInUse, $"template `{id}` is in use by {(links == 1 ? "1 policy" : $"{links} policies")}", "unlink them first");
        }

        Delete(template);
        return null;
    }

    /// <summary>Removes a policy that was linked from a template; the template stays.</summary>
    public PolicySetError? Unlink(string id)
    {
        if (!TryGet(id, out var policy))
        {
            return new PolicySetError(CedarCodes.UnknownPolicy, $"there is no policy `{id}`");
        }

        if (policy.Link is null)
        {
            return new PolicySetError(CedarCodes.NotALink, $"`{id}` is {Describe(policy)}, not linked from a template");
        }

        Delete(policy);
        return null;
    }

    /// <summary>The set as it is now. The builder can be used further.</summary>
    public PolicySet ToPolicySet()
    {
        var (policies, templates, byId) = TakeParts();
        return new PolicySet(policies, templates, byId);
    }

    internal (ImmutableArray<Policy> Policies, ImmutableArray<Policy> Templates, Dictionary<string, Policy> ById) TakeParts()
    {
        var policies = ImmutableArray.CreateBuilder<Policy>(_places.Count);
        var templates = ImmutableArray.CreateBuilder<Policy>();
        var byId = new Dictionary<string, Policy>(_places.Count, StringComparer.Ordinal);
        foreach (var policy in _order)
        {
            if (policy is not null)
            {
                (policy.IsTemplate ? templates : policies).Add(policy);
                byId.Add(policy.Id, policy);
            }
        }

        return (policies.DrainToImmutable(), templates.DrainToImmutable(), byId);
    }

    private static PolicySetError? CheckSlot(string slot, bool exists, EntityUid? value, string templateId) => (exists, value) switch
    {
        (true, null) => new PolicySetError(CedarCodes.MissingSlotValue, $"slot `{slot}` of template `{templateId}` is given no value"),
        (false, not null) => new PolicySetError(CedarCodes.UnexpectedSlotValue, $"template `{templateId}` has no slot `{slot}`"),
        _ => null,
    };

    private static ScopeConstraint Fill(ScopeConstraint constraint, EntityUid? value) =>
        value is null ? constraint : constraint with { Entities = [value], HasSlot = false };

    private static string Describe(Policy policy) =>
        policy.IsTemplate ? "a template" : policy.Link is { } link ? $"linked from template `{link.TemplateId}`" : "a policy of its own";

    private PolicySetError? FindConflict(string id) => TryGet(id, out var other)
        ? new PolicySetError(CedarCodes.DuplicatePolicyId, $"the id `{id}` is used twice", other.IsTemplate ? "a template has it already" : "a policy has it already")
        : null;

    private IEnumerable<string> TemplateIds() => _order.Take(MostSearched).OfType<Policy>().Where(policy => policy.IsTemplate).Select(policy => policy.Id);

    private void Insert(Policy policy)
    {
        _places.Add(policy.Id, _order.Count);
        _order.Add(policy);
        if (policy.Link is { TemplateId: var templateId })
        {
            _linkCounts[templateId] = _linkCounts.GetValueOrDefault(templateId) + 1;
        }
    }

    private void Delete(Policy policy)
    {
        _places.Remove(policy.Id, out var place);
        _order[place] = null;
        if (policy.Link is { TemplateId: var templateId } && --_linkCounts[templateId] == 0)
        {
            _linkCounts.Remove(templateId);
        }
    }
}
