namespace Cedar.Authorization.Index;

/// <summary>The keys that hold for a request.</summary>
internal readonly ref struct RequestKeys(ReadOnlySpan<int> principal, ReadOnlySpan<int> action, ReadOnlySpan<int> resource)
{
    private readonly ReadOnlySpan<int> _principal = principal;
    private readonly ReadOnlySpan<int> _action = action;
    private readonly ReadOnlySpan<int> _resource = resource;

    public ReadOnlySpan<int> Of(ScopeDimension dimension) => dimension switch
    {
        ScopeDimension.Principal => _principal,
        ScopeDimension.Action => _action,
        ScopeDimension.Resource => _resource,
    };

    public bool Meet(IndexedPolicy policy)
    {
        foreach (var constraint in policy.Constraints)
        {
            if (!constraint.HoldsFor(Of(constraint.Dimension)))
            {
                return false;
            }
        }

        return true;
    }
}
