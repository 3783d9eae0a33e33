using System.Collections.Immutable;
using Cedar.Evaluation.Nodes;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Authorization.Index;

/// <summary>
/// Turns policies into constraints on keys and what is left of their conditions. <c>when { resource in X &amp;&amp; … }</c> constrains like a
/// scope: what comes first in the first condition and cannot fail makes the policy unsatisfied before anything else of it is evaluated, so
/// selecting by it changes neither the decision nor the errors.
/// </summary>
internal sealed class PolicyIndexer
{
    public ScopeKeys Principals { get; } = new();

    public ScopeKeys Actions { get; } = new();

    public ScopeKeys Resources { get; } = new();

    public IndexedPolicy Convert(Policy policy, int number)
    {
        List<KeyConstraint> constraints = [];
        AddScope(policy.Principal, ScopeDimension.Principal, constraints);
        AddScope(policy.Action, ScopeDimension.Action, constraints);
        AddScope(policy.Resource, ScopeDimension.Resource, constraints);
        return new IndexedPolicy(number, policy, [.. constraints, .. Split(policy.Conditions, out var rest)], rest);
    }

    private ScopeKeys KeysOf(ScopeDimension dimension) => dimension switch
    {
        ScopeDimension.Principal => Principals,
        ScopeDimension.Action => Actions,
        ScopeDimension.Resource => Resources,
    };

    private void AddScope(ScopeConstraint scope, ScopeDimension dimension, List<KeyConstraint> constraints)
    {
        var keys = KeysOf(dimension);
        if (scope.Kind is ScopeKind.Is or ScopeKind.IsIn)
        {
            constraints.Add(new(dimension, [keys.AddType(scope.EntityType!)]));
        }

        if (scope.Kind == ScopeKind.Equal)
        {
            constraints.Add(new(dimension, [keys.AddEqual(scope.Entities[0])]));
        }
        else if (scope.Kind is ScopeKind.In or ScopeKind.InSet or ScopeKind.IsIn)
        {
            constraints.Add(new(dimension, Normalize(scope.Entities.Select(keys.AddIn))));
        }
    }

    private static int[] Normalize(IEnumerable<int> keys)
    {
        int[] distinct = [.. new HashSet<int>(keys)];
        Array.Sort(distinct);
        return distinct;
    }

    private List<KeyConstraint> Split(ImmutableArray<Condition> conditions, out IndexedCondition[] rest)
    {
        List<KeyConstraint> constraints = [];
        List<IndexedCondition> left = [];
        var isFirst = true;
        foreach (var condition in conditions)
        {
            if (!isFirst || condition.IsUnless)
            {
                isFirst = false;
                left.Add(new(condition.IsUnless, NodeCompiler.Compile(condition.Body)));
                continue;
            }

            var operands = Conjuncts(condition.Body);
            var taken = 0;
            while (taken < operands.Count && TryConstrain(operands[taken], constraints))
            {
                taken++;
            }

            if (taken == operands.Count)
            {
                // The whole condition is a constraint, so the next one comes first.
                continue;
            }

            isFirst = false;
            left.Add(new(false, taken == 0
                ? NodeCompiler.Compile(condition.Body)
                : NodeCompiler.CompileAll(operands.GetRange(taken, operands.Count - taken).ToArray(), condition.Body.Span)));
        }

        rest = [.. left];
        return constraints;
    }

    private static List<Expr> Conjuncts(Expr expression)
    {
        List<Expr> found = [];
        Stack<Expr> open = new([expression]);
        while (open.TryPop(out var next))
        {
            if (next is Expr.And both)
            {
                open.Push(both.Right);
                open.Push(both.Left);
            }
            else
            {
                found.Add(next);
            }
        }

        return found;
    }

    /// <summary>Takes an expression that never fails and depends only on who one of the request's entities is and what it is in.</summary>
    private bool TryConstrain(Expr expression, List<KeyConstraint> constraints)
    {
        switch (expression)
        {
            case Expr.Is { Target: Expr.Var variable } test when DimensionOf(variable) is { } dimension:
                if (test.In is not null && !(EntitiesOf(test.In) is { } above && Add(dimension, above)))
                {
                    return false;
                }

                constraints.Add(new(dimension, [KeysOf(dimension).AddType(test.EntityType)]));
                return true;
            case Expr.Binary { Operator: BinaryOperator.In, Left: Expr.Var variable } test
                when DimensionOf(variable) is { } dimension && EntitiesOf(test.Right) is { } entities:
                return Add(dimension, entities);
            case Expr.Binary { Operator: BinaryOperator.Equal, Left: Expr.Var variable, Right: Expr.Literal { Value: EntityValue { Uid: var uid } } }
                when DimensionOf(variable) is { } dimension:
                constraints.Add(new(dimension, [KeysOf(dimension).AddEqual(uid)]));
                return true;
            default:
                return false;
        }

        bool Add(ScopeDimension dimension, List<EntityUid> entities)
        {
            constraints.Add(new(dimension, Normalize(entities.Select(KeysOf(dimension).AddIn))));
            return true;
        }
    }

    private static ScopeDimension? DimensionOf(Expr.Var variable) => variable.Variable switch
    {
        Variable.Principal => ScopeDimension.Principal,
        Variable.Action => ScopeDimension.Action,
        Variable.Resource => ScopeDimension.Resource,
        Variable.Context => null,
    };

    /// <summary>The entities of a literal entity or a set of them; null for anything else.</summary>
    private static List<EntityUid>? EntitiesOf(Expr expression)
    {
        if (expression is Expr.Literal { Value: EntityValue { Uid: var single } })
        {
            return [single];
        }

        if (expression is not Expr.Set set)
        {
            return null;
        }

        List<EntityUid> entities = [];
        foreach (var element in set.Elements)
        {
            if (element is not Expr.Literal { Value: EntityValue { Uid: var uid } })
            {
                return null;
            }

            entities.Add(uid);
        }

        return entities;
    }
}
