using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Syntax;

namespace Cedar.Authorization;

/// <summary>Policies with unique ids. Templates may be among them; they decide nothing.</summary>
public sealed class PolicySet : IReadOnlyCollection<Policy>
{
    private readonly Dictionary<string, Policy> _byId = new(StringComparer.Ordinal);

    /// <summary>The set of these policies.</summary>
    /// <exception cref="ArgumentException">Two policies have the same id.</exception>
    public PolicySet(params IEnumerable<Policy> policies)
    {
        Policies = [.. policies];
        foreach (var policy in Policies)
        {
            if (!_byId.TryAdd(policy.Id, policy))
            {
                throw new ArgumentException($"The id {policy.Id} is used twice.", nameof(policies));
            }
        }
    }

    /// <summary>In the order given.</summary>
    public ImmutableArray<Policy> Policies { get; }

    public int Count => Policies.Length;

    public bool TryGet(string id, [NotNullWhen(true)] out Policy? policy) => _byId.TryGetValue(id, out policy);

    public IEnumerator<Policy> GetEnumerator() => ((IEnumerable<Policy>)Policies).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
