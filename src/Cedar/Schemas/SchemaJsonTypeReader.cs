using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Json;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Reads types of JSON schemas. Every method returns null after a report.</summary>
internal sealed class SchemaJsonTypeReader(JsonShape shape, SchemaJsonParts parts)
{
    private static readonly string[] s_extensions = ["ipaddr", "decimal", "datetime", "duration"];

    private int _nesting;

    public WrittenType? ReadNode(JsonNode node) => shape.Object(node, "a type, an object") is { } type ? Read(type) : null;

    /// <param name="node">The type.</param>
    /// <param name="also">Names that may stand beside those of the type.</param>
    public WrittenType? Read(JsonNode.Object node, params string[] also)
    {
        if (_nesting >= CedarParser.MaxNesting)
        {
            shape.Diagnostics.Error(
                CedarCodes.TooDeep, $"the type is nested more than {CedarParser.MaxNesting} deep", new SourceSpan(node.Span.Start, 1),
                "give a part of it a name in `commonTypes`");
            return null;
        }

        if (shape.Required(node, "type") is not { } kind || shape.Text(kind, "the name of a type, a string") is not { } name)
        {
            return null;
        }

        _nesting++;
        WrittenType? type = name switch
        {
            "String" or "Long" => BuiltIn(node, name, also),
            "Boolean" => BuiltIn(node, "Bool", also),
            "Set" => Set(node, also),
            "Record" => Record(node, also),
            "Entity" => Named(node, ReferenceKind.Entity, also),
            "EntityOrCommon" => Named(node, ReferenceKind.Any, also),
            "Extension" => Extension(node, also),
            _ => Common(node, kind, also),
        };
        _nesting--;
        return type;
    }

    private WrittenType.Reference? BuiltIn(JsonNode.Object node, string name, string[] also) =>
        shape.HasOnly(node, ["type", .. also]) ? new WrittenType.Reference(ReferenceKind.BuiltIn, name, node.Span) : null;

    private WrittenType.Reference? Common(JsonNode.Object node, JsonNode name, string[] also) =>
        shape.HasOnly(node, ["type", .. also]) && parts.Path(name, "a type") is { } path
            ? new WrittenType.Reference(ReferenceKind.Common, path.Text, name.Span)
            : null;

    private WrittenType.Reference? Named(JsonNode.Object node, ReferenceKind kind, string[] also) =>
        shape.HasOnly(node, ["type", "name", .. also]) && shape.Required(node, "name") is { } name && parts.Path(name, "a type") is { } path
            ? new WrittenType.Reference(kind, path.Text, name.Span)
            : null;

    private WrittenType.Reference? Extension(JsonNode.Object node, string[] also)
    {
        if (!shape.HasOnly(node, ["type", "name", .. also]) || shape.Required(node, "name") is not { } name
            || shape.Text(name, "the name of an extension type, a string") is not { } text)
        {
            return null;
        }

        if (s_extensions.Contains(text, StringComparer.Ordinal))
        {
            return new WrittenType.Reference(ReferenceKind.BuiltIn, text, node.Span);
        }

        shape.Diagnostics.Error(
            CedarCodes.UndeclaredType, $"there is no extension type {CedarString.Quote(text)}", name.Span, Suggestion.DidYouMean(text, s_extensions));
        return null;
    }

    private WrittenType.Set? Set(JsonNode.Object node, string[] also)
    {
        var isKnown = shape.HasOnly(node, ["type", "element", .. also]);
        return shape.Required(node, "element") is { } element && ReadNode(element) is { } type && isKnown
            ? new WrittenType.Set(type, node.Span)
            : null;
    }

    private WrittenType.Record? Record(JsonNode.Object node, string[] also)
    {
        var isWhole = shape.HasOnly(node, ["type", "attributes", "additionalAttributes", .. also]);
        if (node.Find("additionalAttributes") is { } additional && shape.Bool(additional, "a boolean") is not false)
        {
            isWhole = false;
            if (additional is JsonNode.Bool)
            {
                shape.Diagnostics.Error(
                    CedarCodes.InvalidJsonValue, "records with further attributes are not supported", additional.Span, "name all attributes");
            }
        }

        if (shape.Required(node, "attributes") is not { } value || shape.Object(value, "attributes, an object") is not { } members)
        {
            return null;
        }

        var attributes = ImmutableArray.CreateBuilder<WrittenAttribute>(members.Members.Length);
        foreach (var member in members.Members)
        {
            if (Attribute(member) is { } attribute)
            {
                attributes.Add(attribute);
            }
            else
            {
                isWhole = false;
            }
        }

        return isWhole ? new WrittenType.Record(attributes.ToImmutable(), node.Span) : null;
    }

    private WrittenAttribute? Attribute(JsonMember member)
    {
        if (shape.Object(member.Value, "an attribute, an object") is not { } node || Read(node, "required", "annotations") is not { } type)
        {
            return null;
        }

        var isRequired = node.Find("required") is { } required ? shape.Bool(required, "a boolean") : true;
        return isRequired is { } known
            ? new WrittenAttribute(
                new SchemaName(member.Name, member.NameSpan), type, known, parts.Annotations(node),
                SourceSpan.Covering(member.NameSpan, member.Value.Span))
            : null;
    }
}
