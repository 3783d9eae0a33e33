using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>Decides requests with unknown parts as far as that is possible.</summary>
public static class PartialAuthorizer
{
    /// <summary>The decision, if it is certain, and what every policy comes to.</summary>
    public static PartialResponse Authorize(PolicySet policies, PartialRequest request, PartialEntities entities)
    {
        var evaluator = new PartialEvaluator(request, entities);
        var results = ImmutableArray.CreateBuilder<PartialPolicyResult>(policies.Count);
        foreach (var policy in policies.Policies)
        {
            results.Add(Evaluate(policy, evaluator));
        }

        return Decide(results.MoveToImmutable());
    }

    /// <summary>What one policy's scope and conditions come to. A template is never satisfied.</summary>
    public static PartialPolicyResult Evaluate(Policy policy, PartialEvaluator evaluator)
    {
        if (policy.IsTemplate)
        {
            return new PartialPolicyResult(policy, PolicyOutcome.NotSatisfied);
        }

        // A conjunction, evaluated in a loop: a policy may have any number of conditions.
        Expr? open = null;
        var isSafe = true;
        foreach (var conjunct in Conjuncts(policy))
        {
            var result = evaluator.Evaluate(conjunct);
            if (result.Value == BoolValue.True)
            {
                continue;
            }

            if (result.Value == BoolValue.False && isSafe)
            {
                return new PartialPolicyResult(policy, PolicyOutcome.NotSatisfied);
            }

            var error = result.Error ?? (result.Value is null or BoolValue ? null : NotBoolean(conjunct, result.Value));
            if (error is not null && open is null)
            {
                return new PartialPolicyResult(policy, PolicyOutcome.Failed, error);
            }

            var rest = PartialEvaluator.Branch(result, conjunct);
            open = open is not null || !ResidualFacts.IsBoolean(rest)
                ? new Expr.And(open ?? new Expr.Literal(true, rest.Span), rest, rest.Span)
                : rest;
            if (result.Residual is null)
            {
                // What follows a false or an error is never reached.
                break;
            }

            isSafe &= evaluator.IsSafeBoolean(rest);
        }

        return open is null
            ? new PartialPolicyResult(policy, PolicyOutcome.Satisfied)
            : new PartialPolicyResult(policy, PolicyOutcome.Residual, Residual: open);
    }

    private static EvaluationError NotBoolean(Expr place, Value found) =>
        new(EvaluationErrorKind.TypeMismatch, $"expected bool, found {found.TypeName}", place.Span);

    private static IEnumerable<Expr> Conjuncts(Policy policy)
    {
        if (Constraint(policy.Principal, Variable.Principal) is { } principal)
        {
            yield return principal;
        }

        if (Constraint(policy.Action, Variable.Action) is { } action)
        {
            yield return action;
        }

        if (Constraint(policy.Resource, Variable.Resource) is { } resource)
        {
            yield return resource;
        }

        foreach (var condition in policy.Conditions)
        {
            yield return condition.IsUnless ? new Expr.Unary(UnaryOperator.Not, condition.Body, condition.Span) : condition.Body;
        }
    }

    private static Expr? Constraint(ScopeConstraint constraint, Variable variable)
    {
        var span = constraint.Span;
        Expr Entity(EntityUid uid) => new Expr.Literal(uid, span);

        var target = new Expr.Var(variable, span);
        return constraint.Kind switch
        {
            ScopeKind.All => null,
            ScopeKind.Equal => new Expr.Binary(BinaryOperator.Equal, target, Entity(constraint.Entities[0]), span),
            ScopeKind.In => new Expr.Binary(BinaryOperator.In, target, Entity(constraint.Entities[0]), span),
            ScopeKind.InSet => new Expr.Binary(BinaryOperator.In, target, new Expr.Set([.. constraint.Entities.Select(Entity)], span), span),
            ScopeKind.Is => new Expr.Is(target, constraint.EntityType!, null, span),
            ScopeKind.IsIn => new Expr.Is(target, constraint.EntityType!, Entity(constraint.Entities[0]), span),
        };
    }

    private static PartialResponse Decide(ImmutableArray<PartialPolicyResult> results)
    {
        var forbids = Ids(results, Effect.Forbid, PolicyOutcome.Satisfied);
        var openForbids = Ids(results, Effect.Forbid, PolicyOutcome.Residual);
        var permits = Ids(results, Effect.Permit, PolicyOutcome.Satisfied);
        var openPermits = Ids(results, Effect.Permit, PolicyOutcome.Residual);
        if (!forbids.IsEmpty)
        {
            return new PartialResponse(PartialDecision.Deny, results, forbids, [.. forbids, .. openForbids]);
        }

        if (permits.IsEmpty && openPermits.IsEmpty)
        {
            return new PartialResponse(PartialDecision.Deny, results, [], openForbids);
        }

        var isAllowed = !permits.IsEmpty && openForbids.IsEmpty;
        return new PartialResponse(
            isAllowed ? PartialDecision.Allow : PartialDecision.Undetermined, results, isAllowed ? permits : [],
            [.. permits, .. openPermits, .. openForbids]);
    }

    private static ImmutableArray<string> Ids(ImmutableArray<PartialPolicyResult> results, Effect effect, PolicyOutcome outcome) =>
        [.. results.Where(result => result.Policy.Effect == effect && result.Outcome == outcome).Select(result => result.Policy.Id)];
}
