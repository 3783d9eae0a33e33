using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Json;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Makes a document of a JSON schema. Every method returns null, or goes on without the part, after a report.</summary>
internal sealed class SchemaJsonReader
{
    private readonly SourceText _source;
    private readonly JsonShape _shape;
    private readonly SchemaJsonParts _parts;
    private readonly SchemaJsonTypeReader _types;

    public SchemaJsonReader(SourceText source, DiagnosticSink diagnostics)
    {
        _source = source;
        _shape = new JsonShape(diagnostics);
        _parts = new SchemaJsonParts(_shape);
        _types = new SchemaJsonTypeReader(_shape, _parts);
    }

    public SchemaDocument? Read(JsonNode root)
    {
        if (_shape.Object(root, "a schema, an object of namespaces") is not { } spaces)
        {
            return null;
        }

        var namespaces = ImmutableArray.CreateBuilder<SchemaNamespace>(spaces.Members.Length);
        foreach (var member in spaces.Members)
        {
            if (ReadNamespace(member) is { } space)
            {
                namespaces.Add(space);
            }
        }

        return new SchemaDocument(namespaces.ToImmutable(), _source);
    }

    private SchemaNamespace? ReadNamespace(JsonMember member)
    {
        if ((member.Name.Length > 0 && !_parts.IsPath(member.Name, member.NameSpan, "a namespace"))
            || _shape.Object(member.Value, "a namespace, an object") is not { } space)
        {
            return null;
        }

        _shape.HasOnly(space, "commonTypes", "entityTypes", "actions", "annotations");
        var annotations = _parts.Annotations(space);
        if (member.Name.Length == 0 && annotations.Length > 0)
        {
            _shape.Diagnostics.Error(
                CedarCodes.InvalidJsonValue, "what stands outside of any namespace has no annotations", annotations[0].Span, "annotate each declaration");
        }

        var declarations = ImmutableArray.CreateBuilder<SchemaDeclaration>();
        if (space.Find("commonTypes") is { } commons)
        {
            ReadMembers(commons, "an object of common types", ReadCommonType, declarations);
        }

        if (_shape.Required(space, "entityTypes") is { } entities)
        {
            ReadMembers(entities, "an object of entity types", ReadEntityType, declarations);
        }

        if (_shape.Required(space, "actions") is { } actions)
        {
            ReadMembers(actions, "an object of actions", ReadAction, declarations);
        }

        var span = SourceSpan.Covering(member.NameSpan, member.Value.Span);
        return new SchemaNamespace(new SchemaName(member.Name, member.NameSpan), annotations, declarations.DrainToImmutable(), span);
    }

    private void ReadMembers(
        JsonNode node, string what, Func<JsonMember, SourceSpan, SchemaDeclaration?> read, ImmutableArray<SchemaDeclaration>.Builder declarations)
    {
        if (_shape.Object(node, what) is not { } members)
        {
            return;
        }

        foreach (var member in members.Members)
        {
            if (read(member, SourceSpan.Covering(member.NameSpan, member.Value.Span)) is { } declaration)
            {
                declarations.Add(declaration);
            }
        }
    }

    private SchemaDeclaration.CommonType? ReadCommonType(JsonMember member, SourceSpan span)
    {
        var isNamed = _parts.IsIdentifier(member.Name, member.NameSpan, "a common type");
        if (_shape.Object(member.Value, "a type, an object") is not { } node || _types.Read(node, "annotations") is not { } type || !isNamed)
        {
            return null;
        }

        return new SchemaDeclaration.CommonType(new SchemaName(member.Name, member.NameSpan), type, _parts.Annotations(node), span);
    }

    private SchemaDeclaration? ReadEntityType(JsonMember member, SourceSpan span)
    {
        var isNamed = _parts.IsIdentifier(member.Name, member.NameSpan, "an entity type");
        if (_shape.Object(member.Value, "an entity type, an object") is not { } entity)
        {
            return null;
        }

        var annotations = _parts.Annotations(entity);
        ImmutableArray<SchemaName> names = [new(member.Name, member.NameSpan)];
        if (entity.Find("enum") is { } choices)
        {
            _shape.HasOnly(entity, "enum", "annotations");
            return ReadChoices(choices) is { } ids && isNamed ? new SchemaDeclaration.Enumeration(names, ids, annotations, span) : null;
        }

        _shape.HasOnly(entity, "memberOfTypes", "shape", "tags", "enum", "annotations");
        var memberOf = entity.Find("memberOfTypes") is { } types ? _parts.Paths(types, "an entity type") : [];
        var shape = entity.Find("shape") is { } attributes ? _types.ReadNode(attributes) : null;
        var tags = entity.Find("tags") is { } tag ? _types.ReadNode(tag) : null;
        return isNamed ? new SchemaDeclaration.EntityType(names, memberOf, shape, tags, annotations, span) : null;
    }

    private ImmutableArray<SchemaName>? ReadChoices(JsonNode node)
    {
        if (_shape.Array(node, "an array of ids") is not { } ids)
        {
            return null;
        }

        if (ids.Items.IsEmpty)
        {
            _shape.Diagnostics.Error(CedarCodes.EmptyList, "the list is empty", ids.Span, "an enumerated type has at least one id");
            return null;
        }

        return [.. ids.Items.Select(id => new SchemaName(_shape.Text(id, "an id, a string") ?? "", id.Span))];
    }

    private SchemaDeclaration.Action? ReadAction(JsonMember member, SourceSpan span)
    {
        if (_shape.Object(member.Value, "an action, an object") is not { } action)
        {
            return null;
        }

        _shape.HasOnly(action, "memberOf", "appliesTo", "attributes", "annotations");
        if (Given(action, "attributes") is { } attributes)
        {
            _shape.Diagnostics.Error(CedarCodes.InvalidJsonValue, "actions have no attributes", attributes.Span, "leave `attributes` out");
        }

        var memberOf = ImmutableArray.CreateBuilder<ActionReference>();
        if (Given(action, "memberOf") is { } groups && _shape.Array(groups, "an array of actions") is { } references)
        {
            foreach (var reference in references.Items)
            {
                if (ReadReference(reference) is { } read)
                {
                    memberOf.Add(read);
                }
            }
        }

        var appliesTo = Given(action, "appliesTo") is { } applies ? ReadAppliesTo(applies) : null;
        return new SchemaDeclaration.Action(
            [new(member.Name, member.NameSpan)], memberOf.DrainToImmutable(), appliesTo, _parts.Annotations(action), span);
    }

    // Here null is the same as nothing; elsewhere it is a mistake.
    private static JsonNode? Given(JsonNode.Object node, string name) => node.Find(name) is { } value and not JsonNode.Null ? value : null;

    private ActionReference? ReadReference(JsonNode node)
    {
        if (_shape.Object(node, "an action, an object with `id`") is not { } reference)
        {
            return null;
        }

        _shape.HasOnly(reference, "id", "type");
        SchemaName? type = null;
        if (Given(reference, "type") is { } given)
        {
            type = _parts.Path(given, "the type of an action");
            if (type is null)
            {
                return null;
            }
        }

        return _shape.Required(reference, "id") is { } id && _shape.Text(id, "the id of an action, a string") is { } text
            ? new ActionReference(type, text, node.Span)
            : null;
    }

    private AppliesTo? ReadAppliesTo(JsonNode node)
    {
        if (_shape.Object(node, "an object with `principalTypes` and `resourceTypes`") is not { } appliesTo)
        {
            return null;
        }

        _shape.HasOnly(appliesTo, "principalTypes", "resourceTypes", "context");
        var principals = _shape.Required(appliesTo, "principalTypes");
        var resources = _shape.Required(appliesTo, "resourceTypes");
        var context = appliesTo.Find("context") is { } written ? _types.ReadNode(written) : null;
        return new AppliesTo(
            principals is null ? [] : _parts.Paths(principals, "an entity type"), resources is null ? [] : _parts.Paths(resources, "an entity type"),
            context, node.Span);
    }
}
