namespace Cedar.Authorization.Index;

/// <summary>What policies are selected by.</summary>
internal enum ScopeDimension
{
    Principal,
    Action,
    Resource,
}
