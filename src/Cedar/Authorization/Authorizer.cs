using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Authorization;

/// <summary>
/// Decides requests (Cedar spec, "Authorization"): allowed when a permit is satisfied and no forbid is. The order of policies has no
/// influence.
/// </summary>
public static class Authorizer
{
    /// <summary>
    /// The decision with its reasons. Policies whose condition has no value are skipped and listed. The set is compiled at its first decision
    /// and keeps the compiled form.
    /// </summary>
    public static Response Authorize(PolicySet policies, Request request, IEntityStore entities) => policies.Compiled.Authorize(request, entities);

    /// <summary>
    /// Whether one policy's scope and conditions hold for the request: <c>true</c>, <c>false</c> or why that cannot be said. False for a
    /// template.
    /// </summary>
    public static EvaluationResult Satisfies(Policy policy, Request request, Evaluator evaluator)
    {
        if (!Matches(policy.Principal, request.Principal, evaluator)
            || !Matches(policy.Action, request.Action, evaluator)
            || !Matches(policy.Resource, request.Resource, evaluator))
        {
            return Value.Of(false);
        }

        foreach (var condition in policy.Conditions)
        {
            var result = evaluator.Evaluate(condition.Body);
            if (result.IsError)
            {
                return result;
            }

            if (result.Value is not BoolValue { Value: var holds })
            {
                return new EvaluationError(
                    EvaluationErrorKind.TypeMismatch, $"expected bool, found {result.Value.TypeName}", condition.Body.Span);
            }

            if (holds == condition.IsUnless)
            {
                return Value.Of(false);
            }
        }

        return Value.Of(true);
    }

    private static bool Matches(ScopeConstraint constraint, EntityUid uid, Evaluator evaluator)
    {
        if (constraint.HasSlot)
        {
            return false;
        }

        return constraint.Kind switch
        {
            ScopeKind.All => true,
            ScopeKind.Equal => uid.Equals(constraint.Entities[0]),
            ScopeKind.In => evaluator.IsIn(uid, constraint.Entities[0]),
            ScopeKind.InSet => IsInAny(uid, constraint.Entities, evaluator),
            ScopeKind.Is => uid.Type == constraint.EntityType,
            ScopeKind.IsIn => uid.Type == constraint.EntityType && evaluator.IsIn(uid, constraint.Entities[0]),
        };
    }

    private static bool IsInAny(EntityUid uid, ImmutableArray<EntityUid> ancestors, Evaluator evaluator)
    {
        foreach (var ancestor in ancestors)
        {
            if (evaluator.IsIn(uid, ancestor))
            {
                return true;
            }
        }

        return false;
    }
}
