using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>Checks entities against a schema (Cedar spec, "Validation of entities").</summary>
public static class EntityValidator
{
    /// <summary>
    /// Where any of these entities does not fit, in their order: its type is not declared, attributes or tags are not of their types, missing
    /// or unknown, it is not among an enumerated type's, or is in what its type cannot be in. An action has to be in the groups that the
    /// schema puts it in, as follows from the actions among these entities, and need not be given. Empty when all fit.
    /// </summary>
    public static ImmutableArray<SchemaViolation> Validate(IEnumerable<Entity> entities, Schema schema)
    {
        ImmutableArray<Entity> all = [.. entities];
        var actions = new Dictionary<EntityUid, Entity>();
        foreach (var entity in all)
        {
            if (schema.Actions.ContainsKey(entity.Uid))
            {
                actions[entity.Uid] = entity;
            }
        }

        var violations = ImmutableArray.CreateBuilder<SchemaViolation>();
        foreach (var entity in all)
        {
            violations.AddRange(Validate(entity, schema, actions));
        }

        return violations.ToImmutable();
    }

    /// <summary>Where an entity does not fit, as far as it alone tells.</summary>
    public static ImmutableArray<SchemaViolation> Validate(Entity entity, Schema schema) => Validate([entity], schema);

    private static ImmutableArray<SchemaViolation> Validate(Entity entity, Schema schema, Dictionary<EntityUid, Entity> actions)
    {
        var checker = new DataChecker(schema, entity.Uid);
        var isKnown = false;
        checker.At("uid", () => isKnown = checker.CheckName(entity.Uid));
        if (schema.EntityTypes.TryGetValue(entity.Uid.Type, out var type))
        {
            checker.At("attrs", () => checker.CheckRecord(entity.Attributes, type.Attributes));
            checker.At("tags", () => CheckTags(entity, type, checker));
            checker.At("parents", () => CheckParents(entity, type, checker));
        }
        else if (isKnown)
        {
            CheckAction(entity, schema.Actions[entity.Uid], actions, checker);
        }

        return checker.ToImmutable();
    }

    private static void CheckTags(Entity entity, EntityTypeDefinition type, DataChecker checker)
    {
        foreach (var (name, value) in entity.Tags.Fields)
        {
            if (type.Tags is { } tags)
            {
                checker.At(name, () => checker.Check(value, tags));
            }
            else
            {
                checker.Report(CedarCodes.UnexpectedTag, $"tag `{name}` is given, but entity type `{type.Name}` has no tags");
            }
        }
    }

    private static void CheckParents(Entity entity, EntityTypeDefinition type, DataChecker checker)
    {
        foreach (var parent in entity.DeclaredParents)
        {
            if (checker.CheckName(parent) && !type.Ancestors.Contains(parent.Type))
            {
                var help = type.Ancestors.Count == 0
                    ? "it is in nothing"
                    : $"it may be in {string.Join(", ", type.Ancestors.Order(StringComparer.Ordinal).Select(name => $"`{name}`"))}";
                checker.Report(CedarCodes.ParentNotAllowed, $"entity type `{type.Name}` cannot be in `{parent}`", help);
            }
        }
    }

    private static void CheckAction(Entity entity, ActionDefinition action, Dictionary<EntityUid, Entity> actions, DataChecker checker)
    {
        if (entity.Attributes.Fields.Length > 0)
        {
            checker.At("attrs", () => checker.Report(CedarCodes.ActionDiffers, $"action `{action.Uid}` has no attributes"));
        }

        if (entity.Tags.Fields.Length > 0)
        {
            checker.At("tags", () => checker.Report(CedarCodes.ActionDiffers, $"action `{action.Uid}` has no tags"));
        }

        var groups = GroupsOf(entity, actions);
        if (!groups.SetEquals(action.Ancestors))
        {
            var help = action.Ancestors.Count == 0
                ? "it is in none"
                : $"it is in {string.Join(", ", action.Ancestors.Select(uid => $"`{uid}`").Order(StringComparer.Ordinal))}";
            checker.At("parents", () => checker.Report(CedarCodes.ActionDiffers, $"the groups of action `{action.Uid}` are not those of the schema", help));
        }
    }

    /// <summary>The groups an action is in, also through other actions that are given.</summary>
    private static HashSet<EntityUid> GroupsOf(Entity action, Dictionary<EntityUid, Entity> actions)
    {
        var groups = new HashSet<EntityUid>();
        var open = new Stack<EntityUid>(action.DeclaredParents);
        while (open.TryPop(out var group))
        {
            if (groups.Add(group) && actions.TryGetValue(group, out var entity))
            {
                foreach (var parent in entity.DeclaredParents)
                {
                    open.Push(parent);
                }
            }
        }

        return groups;
    }
}
