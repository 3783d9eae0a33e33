namespace Cedar.Authorization.Index;

/// <summary>
/// Policies arranged by the keys of one dimension: those that can match a request are in <see cref="Always"/>, <see cref="Rest"/> and the
/// children of the request's keys. A policy with several keys may be found more than once.
/// </summary>
internal sealed class IndexNode
{
    /// <summary>Policies that are not arranged further.</summary>
    public IndexedPolicy[] Always { get; init; } = [];

    /// <summary>Which keys lead to <see cref="Children"/>.</summary>
    public ScopeDimension Dimension { get; init; }

    /// <summary>Policies by the key they ask for; null when none are arranged.</summary>
    public Dictionary<int, IndexNode>? Children { get; init; }

    /// <summary>Policies that ask for no key of the dimension.</summary>
    public IndexNode? Rest { get; init; }
}
