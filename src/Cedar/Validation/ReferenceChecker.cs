using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>
/// Checks that the types, actions and enumerated entities that a policy names exist, also in parts that are never evaluated.
/// </summary>
internal sealed class ReferenceChecker(SchemaIndex schema, Findings findings)
{
    public void Check(Policy policy)
    {
        if (policy.Link is { Values: var values })
        {
            // The rest of a link is its template's, which is checked as such.
            CheckSlot(values.Principal, policy.Principal);
            CheckSlot(values.Resource, policy.Resource);
            return;
        }

        CheckScope(policy.Principal, "principal");
        CheckScope(policy.Action, "action");
        CheckScope(policy.Resource, "resource");
        if (policy.Action.Kind == ScopeKind.InSet)
        {
            CheckActions(policy.Action);
        }

        foreach (var condition in policy.Conditions)
        {
            CheckExpression(condition.Body);
        }
    }

    /// <summary>Of what a link puts in, the type has to exist; enumerated ids are not looked at, as in the reference implementation.</summary>
    private void CheckSlot(EntityUid? value, ScopeConstraint constraint)
    {
        if (value is not null)
        {
            CheckType(value.Type, constraint.Span);
        }
    }

    private void CheckScope(ScopeConstraint constraint, string variable)
    {
        if (constraint.EntityType is { } type)
        {
            CheckType(type, findings.Find(constraint.Span, type, variable.Length));
        }

        foreach (var entity in constraint.Entities)
        {
            CheckEntity(entity, findings.Find(constraint.Span, entity.ToString(), variable.Length));
        }
    }

    /// <summary>The actions of a scope are a set literal like any other.</summary>
    private void CheckActions(ScopeConstraint constraint)
    {
        if (constraint.Entities.IsEmpty)
        {
            findings.Error(CedarCodes.EmptySet, constraint.Span, "the set of actions is empty", "a scope without a constraint, `action`, takes all");
            return;
        }

        foreach (var entity in constraint.Entities)
        {
            if (entity.Type != constraint.Entities[0].Type)
            {
                findings.Error(
                    CedarCodes.IncompatibleTypes, constraint.Span,
                    $"the actions have incompatible types `{constraint.Entities[0].Type}` and `{entity.Type}`");
                return;
            }
        }
    }

    private void CheckExpression(Expr root)
    {
        var open = new Stack<Expr>();
        open.Push(root);
        while (open.TryPop(out var expression))
        {
            switch (expression)
            {
                case Expr.Literal { Value: EntityValue entity }:
                    CheckEntity(entity.Uid, expression.Span);
                    break;
                case Expr.Is test:
                    var inside = test.Target.Span.End - test.Span.Start;
                    CheckType(test.EntityType, findings.Find(test.Span, test.EntityType, Math.Max(0, inside)));
                    break;
            }

            ExpressionParts.PushTo(open, expression);
        }
    }

    private void CheckType(string type, SourceSpan span)
    {
        if (!schema.IsKnownType(type) && !Identifiers.IsActionType(type))
        {
            findings.Error(
                CedarCodes.UnknownEntityType, span, $"entity type `{type}` is not in the schema",
                Suggestion.DidYouMean(type, schema.EntityTypeNames()));
        }
    }

    private void CheckEntity(EntityUid uid, SourceSpan span)
    {
        if (Identifiers.IsActionType(uid.Type))
        {
            if (!schema.Schema.Actions.ContainsKey(uid))
            {
                findings.Error(CedarCodes.UnknownAction, span, $"action `{uid}` is not in the schema", SuggestAction(uid));
            }
        }
        else if (!schema.Schema.EntityTypes.TryGetValue(uid.Type, out var definition))
        {
            CheckType(uid.Type, findings.Find(span, uid.Type));
        }
        else if (definition.Choices is { } choices && !choices.Contains(uid.Id))
        {
            findings.Error(
                CedarCodes.UnknownEntityId, span, $"entity type `{uid.Type}` has no entity `{uid}`",
                Suggestion.DidYouMean(uid.Id, choices) ?? Listed(choices));
        }
    }

    private static string? Listed(ImmutableArray<string> choices)
    {
        const int MostListed = 8;
        return choices.Length <= MostListed ? $"it has {string.Join(", ", choices.Select(choice => $"`{CedarString.Quote(choice)}`"))}" : null;
    }

    private string? SuggestAction(EntityUid uid) =>
        Suggestion.DidYouMean(uid.ToString(), schema.Schema.Actions.Keys.Select(action => action.ToString()).Order(StringComparer.Ordinal));
}
