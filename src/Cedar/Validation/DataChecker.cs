using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>Compares values with the types that a schema gives them.</summary>
internal sealed class DataChecker(Schema schema, EntityUid? entity)
{
    private readonly ImmutableArray<SchemaViolation>.Builder _violations = ImmutableArray.CreateBuilder<SchemaViolation>();
    private readonly Stack<string> _path = new();

    public ImmutableArray<SchemaViolation> ToImmutable() => _violations.ToImmutable();

    public void Report(string code, string message, string? help = null)
    {
        if (_violations.Count < DiagnosticSink.Limit)
        {
            _violations.Add(new SchemaViolation(
                code, CedarString.EscapeControls(message), help is null ? null : CedarString.EscapeControls(help), entity, [.. _path.Reverse()]));
        }
    }

    /// <summary>Does something one step further down.</summary>
    public void At(string step, Action check)
    {
        _path.Push(step);
        check();
        _path.Pop();
    }

    /// <summary>Whether an entity may be named at all: its type or action exists and, if its type is enumerated, it too.</summary>
    public bool CheckName(EntityUid uid)
    {
        if (schema.EntityTypes.TryGetValue(uid.Type, out var definition))
        {
            if (definition.Choices is { } choices && !choices.Contains(uid.Id))
            {
                Report(CedarCodes.UnknownEntityId, $"entity type `{uid.Type}` has no entity `{uid}`", Suggestion.DidYouMean(uid.Id, choices));
                return false;
            }

            return true;
        }

        if (schema.Actions.ContainsKey(uid))
        {
            return true;
        }

        if (Identifiers.IsActionType(uid.Type))
        {
            var actions = schema.Actions.Keys.Select(action => action.ToString()).Order(StringComparer.Ordinal);
            Report(CedarCodes.UnknownAction, $"action `{uid}` is not in the schema", Suggestion.DidYouMean(uid.ToString(), actions));
        }
        else
        {
            Report(
                CedarCodes.UnknownEntityType, $"entity type `{uid.Type}` is not in the schema",
                Suggestion.DidYouMean(uid.Type, schema.EntityTypes.Keys.Order(StringComparer.Ordinal)));
        }

        return false;
    }

    /// <summary>Compares the fields of a record with its type.</summary>
    public void CheckRecord(RecordValue record, SchemaType.Record type)
    {
        foreach (var (name, attribute) in type.Attributes)
        {
            if (record.TryGet(name, out var value))
            {
                _path.Push(name);
                Check(value, attribute.Type);
                _path.Pop();
            }
            else if (attribute.IsRequired)
            {
                Report(CedarCodes.MissingAttribute, $"attribute `{name}` is missing", $"it is a `{Describe(attribute.Type)}`");
            }
        }

        foreach (var (name, _) in record.Fields)
        {
            if (!type.Attributes.ContainsKey(name))
            {
                Report(CedarCodes.UnexpectedAttribute, $"attribute `{name}` is not in the schema", Suggestion.DidYouMean(name, type.Attributes.Keys));
            }
        }
    }

    public void Check(Value value, SchemaType type)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Report(CedarCodes.ValueTooDeep, "the value is nested too deeply to validate");
            return;
        }

        switch (value, type)
        {
            case (BoolValue, SchemaType.Boolean) or (LongValue, SchemaType.Integer) or (StringValue, SchemaType.Text):
                break;
            case (ExtensionValue, SchemaType.Extension extension) when value.TypeName == extension.Name:
                break;
            case (EntityValue { Uid: var uid }, SchemaType.Entity named) when uid.Type == named.Name:
                CheckName(uid);
                break;
            case (RecordValue record, SchemaType.Record recordType):
                CheckRecord(record, recordType);
                break;
            case (SetValue set, SchemaType.Set setType):
                foreach (var element in set.Elements)
                {
                    Check(element, setType.Element);
                }

                break;
            default:
                Report(CedarCodes.ValueType, $"expected `{Describe(type)}`, found `{Describe(value)}`");
                break;
        }
    }

    private static string Describe(Value value) => value switch
    {
        BoolValue => "Bool",
        LongValue => "Long",
        StringValue => "String",
        EntityValue entity => entity.Uid.Type,
        SetValue => "Set",
        _ => value.TypeName,
    };

    private static string Describe(SchemaType type) => type switch
    {
        SchemaType.Boolean => "Bool",
        SchemaType.Integer => "Long",
        SchemaType.Text => "String",
        SchemaType.Entity entity => entity.Name,
        SchemaType.Extension extension => extension.Name,
        SchemaType.Set { Element: SchemaType.Set } => "Set<Set<…>>",
        SchemaType.Set set => $"Set<{Describe(set.Element)}>",
        _ => "record",
    };
}
