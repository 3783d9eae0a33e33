using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>
/// Decides for which requests a policy's scope can hold. What it names and the schema does not know was told before and excludes nothing.
/// </summary>
internal sealed class ScopeChecker(SchemaIndex schema)
{
    /// <summary>Whether a request of these types can be in the scope.</summary>
    public bool MayHold(Policy policy, RequestEnvironment environment) =>
        ActionHolds(policy.Action, environment.Action.Uid)
        && MayHold(policy.Principal, environment.Principal.Name!)
        && MayHold(policy.Resource, environment.Resource.Name!);

    private bool MayHold(ScopeConstraint constraint, string type) => constraint.Kind switch
    {
        ScopeKind.All => true,
        ScopeKind.Equal => constraint.HasSlot || IsUnknown(constraint) || constraint.Entities[0].Type == type,
        ScopeKind.In => MayBeIn(constraint, type),
        ScopeKind.InSet => true,
        ScopeKind.Is => IsType(constraint, type),
        ScopeKind.IsIn => IsType(constraint, type) && MayBeIn(constraint, type),
    };

    private bool IsType(ScopeConstraint constraint, string type) =>
        constraint.EntityType == type || !schema.IsKnownType(constraint.EntityType!);

    private bool MayBeIn(ScopeConstraint constraint, string type) =>
        constraint.HasSlot || IsUnknown(constraint) || schema.MayBeIn(type, constraint.Entities[0].Type);

    private bool IsUnknown(ScopeConstraint constraint) => !schema.IsKnownType(constraint.Entities[0].Type);

    private bool ActionHolds(ScopeConstraint constraint, EntityUid action)
    {
        if (constraint.Kind == ScopeKind.All)
        {
            return true;
        }

        foreach (var entity in constraint.Entities)
        {
            if (!schema.Schema.Actions.ContainsKey(entity)
                || (constraint.Kind == ScopeKind.Equal ? entity.Equals(action) : schema.IsActionIn(action, entity)))
            {
                return true;
            }
        }

        return false;
    }
}
