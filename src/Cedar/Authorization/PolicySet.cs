using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Syntax;

namespace Cedar.Authorization;

/// <summary>
/// Policies and templates with ids that are unique among both (Cedar spec, "Policy sets"). Immutable; to change one, take its
/// <see cref="ToBuilder"/>. As a collection it is its <see cref="Policies"/>: templates decide nothing.
/// </summary>
public sealed class PolicySet : IReadOnlyCollection<Policy>
{
    private readonly Dictionary<string, Policy> _byId;
    private CompiledPolicySet? _compiled;

    /// <summary>The set of these policies and templates, in any order. Linked policies need their template among them.</summary>
    /// <exception cref="ArgumentException">Two have the same id, or a link has no template.</exception>
    public PolicySet(params IEnumerable<Policy> policies)
    {
        var builder = new PolicySetBuilder();
        ImmutableArray<Policy> all = [.. policies];
        AddAll(builder, all, areTemplates: true);
        AddAll(builder, all, areTemplates: false);
        (Policies, Templates, _byId) = builder.TakeParts();
    }

    internal PolicySet(ImmutableArray<Policy> policies, ImmutableArray<Policy> templates, Dictionary<string, Policy> byId)
    {
        Policies = policies;
        Templates = templates;
        _byId = byId;
    }

    /// <summary>The set without policies.</summary>
    public static PolicySet Empty { get; } = new();

    /// <summary>What decides: the policies written as such and those linked from templates, in the order given. None has a slot.</summary>
    public ImmutableArray<Policy> Policies { get; }

    /// <summary>The templates, in the order given.</summary>
    public ImmutableArray<Policy> Templates { get; }

    /// <summary>The number of <see cref="Policies"/>.</summary>
    public int Count => Policies.Length;

    /// <summary>The form that decides, made at the first use.</summary>
    internal CompiledPolicySet Compiled => _compiled ??= CompiledPolicySet.Compile(this);

    /// <summary>The policy or template of that id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Policy? policy) => _byId.TryGetValue(id, out policy);

    /// <summary>A builder that starts with what is in this set, which does not change.</summary>
    public PolicySetBuilder ToBuilder() => new(Policies, Templates);

    /// <inheritdoc/>
    public IEnumerator<Policy> GetEnumerator() => ((IEnumerable<Policy>)Policies).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void AddAll(PolicySetBuilder builder, ImmutableArray<Policy> policies, bool areTemplates)
    {
        foreach (var policy in policies)
        {
            if (policy.IsTemplate == areTemplates && builder.Add(policy) is { } error)
            {
                throw new ArgumentException(error.Message, nameof(policies));
            }
        }
    }
}
