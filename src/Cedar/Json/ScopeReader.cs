using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>Reads the constraints of scopes: <c>{"op": "==", "entity": …}</c>. Every method returns null after a report.</summary>
internal sealed class ScopeReader(JsonShape shape)
{
    private readonly ValueReader _values = new(shape);

    public ScopeConstraint? Read(JsonNode node, Variable variable)
    {
        if (shape.Object(node, $"the constraint of the {ScopeParser.NameOf(variable)}, an object") is not { } constraint
            || shape.Required(constraint, "op") is not { } operation)
        {
            return null;
        }

        switch ((operation as JsonNode.Text)?.Value)
        {
            case "All" or "all":
                shape.WarnOfUnknown(constraint, ["op"]);
                return new ScopeConstraint(ScopeKind.All, [], null, false, node.Span);
            case "==":
                shape.WarnOfUnknown(constraint, ["op", "entity", "slot"]);
                return ReadEntity(constraint, ScopeKind.Equal, variable, node.Span);
            case "in" when variable == Variable.Action && constraint.Find("entity") is null:
                shape.WarnOfUnknown(constraint, ["op", "entities"]);
                return ReadEntities(constraint);
            case "in":
                shape.WarnOfUnknown(constraint, ["op", "entity", "slot"]);
                return ReadEntity(constraint, ScopeKind.In, variable, node.Span);
            case "is" when variable != Variable.Action:
                return shape.HasOnly(constraint, "op", "entity_type", "in") ? ReadType(constraint, variable) : null;
            default:
                return shape.Wrong<ScopeConstraint>(
                    operation, variable == Variable.Action ? "\"All\", \"==\" or \"in\"" : "\"All\", \"==\", \"in\" or \"is\"");
        }
    }

    private ScopeConstraint? ReadEntity(JsonNode.Object constraint, ScopeKind kind, Variable variable, SourceSpan span, string? type = null)
    {
        if (constraint.Find("entity") is { } entity)
        {
            return ReadUid(entity, variable) is { } uid ? new ScopeConstraint(kind, [uid], type, false, span) : null;
        }

        if (constraint.Find("slot") is { } slot)
        {
            return ReadSlot(slot, variable) ? new ScopeConstraint(kind, [], type, true, span) : null;
        }

        shape.Required(constraint, "entity");
        return null;
    }

    private bool ReadSlot(JsonNode node, Variable variable)
    {
        if (shape.Text(node, "the name of a slot, a string") is not { } name)
        {
            return false;
        }

        if (variable == Variable.Action)
        {
            shape.Diagnostics.Error(CedarCodes.InvalidSlot, "the action of a scope takes no slot", node.Span);
            return false;
        }

        if (name == $"?{ScopeParser.NameOf(variable)}")
        {
            return true;
        }

        shape.Diagnostics.Error(
            CedarCodes.InvalidSlot, $"slot `{name}` cannot stand here", node.Span, $"the slot of this constraint is `?{ScopeParser.NameOf(variable)}`");
        return false;
    }

    private ScopeConstraint? ReadEntities(JsonNode.Object constraint)
    {
        if (shape.Required(constraint, "entities") is not { } entities || shape.Array(entities, "actions, an array of entities") is not { } array)
        {
            return null;
        }

        var uids = array.Items.Select(item => ReadUid(item, Variable.Action)).OfType<EntityUid>().ToImmutableArray();
        return uids.Length == array.Items.Length ? new ScopeConstraint(ScopeKind.InSet, uids, null, false, constraint.Span) : null;
    }

    private ScopeConstraint? ReadType(JsonNode.Object constraint, Variable variable)
    {
        if (shape.Required(constraint, "entity_type") is not { } typeNode || _values.TypeName(typeNode) is not { } type)
        {
            return null;
        }

        if (constraint.Find("in") is not { } within)
        {
            return new ScopeConstraint(ScopeKind.Is, [], type, false, constraint.Span);
        }

        return shape.Object(within, "what it is in, an object") is { } inner
            ? ReadEntity(inner, ScopeKind.IsIn, variable, constraint.Span, type)
            : null;
    }

    private EntityUid? ReadUid(JsonNode node, Variable variable)
    {
        var uid = _values.Uid(node);
        if (uid is null || variable != Variable.Action || Identifiers.IsActionType(uid.Type))
        {
            return uid;
        }

        shape.Diagnostics.Error(
            CedarCodes.ActionType, $"`{uid.Type}` is not a type of actions", node.Span, "the last part of an action's type is `Action`");
        return null;
    }
}
