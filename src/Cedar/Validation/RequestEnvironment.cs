using Cedar.Schemas;

namespace Cedar.Validation;

/// <summary>One combination of types that requests may have. Policies are checked once for each.</summary>
/// <param name="Principal">The type of the principal.</param>
/// <param name="Action">The action.</param>
/// <param name="Resource">The type of the resource.</param>
/// <param name="Context">The type of the context.</param>
internal sealed record RequestEnvironment(
    StaticType.Entity Principal, ActionDefinition Action, StaticType.Entity Resource, StaticType.Record Context)
{
    /// <summary>As messages name it.</summary>
    public string Describe() => $"a `{Principal.Name}` that does `{Action.Uid}` to a `{Resource.Name}`";
}
