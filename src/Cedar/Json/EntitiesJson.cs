using System.Collections.Immutable;
using System.Text.Json;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>The entities of a JSON text; <see cref="Store"/> is null exactly when there are errors.</summary>
public sealed record EntitiesJsonResult(EntityStore? Store, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>Entities in JSON (Cedar spec, "Entities and context syntax"): an array of objects with <c>uid</c>, <c>attrs</c>, <c>parents</c>, <c>tags</c>.</summary>
public static class EntitiesJson
{
    private static readonly string[] s_names = ["uid", "attrs", "parents", "tags"];

    /// <summary>
    /// Reads entities. With a schema, entities and extension values may be written in the short form that their types allow, the schema's
    /// actions are added, and what does not fit is reported.
    /// </summary>
    public static EntitiesJsonResult Read(SourceText source, Schema? schema = null)
    {
        var diagnostics = new DiagnosticSink(source);
        var store = JsonReader.Read(source, diagnostics) is { } root ? new Reader(diagnostics, schema).Read(root) : null;
        return new EntitiesJsonResult(diagnostics.ErrorCount == 0 ? store : null, diagnostics.ToImmutable());
    }

    /// <summary>Writes entities so that they can be read without a schema; ancestors are written as parents.</summary>
    public static string Write(IEnumerable<Entity> entities) => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (var entity in entities)
        {
            Write(json, entity);
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, Entity entity)
    {
        json.WriteStartObject();
        json.WritePropertyName("uid");
        ValueWriter.WriteUid(json, entity.Uid);
        json.WritePropertyName("attrs");
        ValueWriter.WriteRecord(json, entity.Attributes);
        json.WriteStartArray("parents");
        foreach (var parent in entity.Parents)
        {
            ValueWriter.WriteUid(json, parent);
        }

        json.WriteEndArray();
        if (entity.Tags.Fields.Length > 0)
        {
            json.WritePropertyName("tags");
            ValueWriter.WriteRecord(json, entity.Tags);
        }

        json.WriteEndObject();
    }

    private sealed class Reader(DiagnosticSink diagnostics, Schema? schema)
    {
        private readonly JsonShape _shape = new(diagnostics);
        private readonly ValueReader _values = new(new JsonShape(diagnostics));
        private readonly Dictionary<EntityUid, SourceSpan> _places = [];

        public EntityStore? Read(JsonNode root)
        {
            if (_shape.Array(root, "entities, an array of objects") is not { } array)
            {
                return null;
            }

            List<Entity> entities = [];
            foreach (var item in array.Items)
            {
                if (ReadEntity(item) is { } entity)
                {
                    entities.Add(entity);
                    _places[entity.Uid] = item.Span;
                }
            }

            if (schema is not null)
            {
                Validate(entities, schema);
                entities.AddRange(schema.ActionEntities.Where(action => !_places.ContainsKey(action.Uid)));
            }

            if (EntityStore.TryCreate(entities, out var store, out var error))
            {
                return store;
            }

            diagnostics.Error(CedarCodes.InvalidEntities, error.Message, _places.GetValueOrDefault(error.Entities[0], root.Span));
            return null;
        }

        private void Validate(List<Entity> entities, Schema against)
        {
            foreach (var violation in EntityValidator.Validate(entities, against))
            {
                var span = violation.Entity is { } uid ? _places.GetValueOrDefault(uid) : default;
                var place = violation.Path.IsEmpty ? "" : $"`{string.Join('.', violation.Path)}` of ";
                diagnostics.Error(violation.Code, $"{place}`{violation.Entity}`: {violation.Message}", span, violation.Help);
            }
        }

        private Entity? ReadEntity(JsonNode node)
        {
            if (_shape.Object(node, "an entity, an object") is not { } entity)
            {
                return null;
            }

            _shape.WarnOfUnknown(entity, s_names);
            var uid = _shape.Required(entity, "uid") is { } uidNode ? _values.Uid(uidNode) : null;
            var type = uid is null ? null : schema?.EntityTypes.GetValueOrDefault(uid.Type);
            var attributes = _shape.Required(entity, "attrs") is { } attrs
                ? _values.Record(attrs, "the attributes, an object", name => type?.Attributes.Attributes.GetValueOrDefault(name)?.Type)
                : null;
            var tags = entity.Find("tags") is { } tagsNode ? _values.Record(tagsNode, "the tags, an object", _ => type?.Tags) : RecordValue.Empty;
            var parents = _shape.Required(entity, "parents") is { } parentsNode ? ReadParents(parentsNode) : null;
            return uid is null || attributes is null || tags is null || parents is null ? null : new Entity(uid, attributes, tags, parents.Value);
        }

        private ImmutableArray<EntityUid>? ReadParents(JsonNode node)
        {
            if (_shape.Array(node, "the parents, an array of entities") is not { } array)
            {
                return null;
            }

            var parents = array.Items.Select(_values.Uid).OfType<EntityUid>().ToImmutableArray();
            return parents.Length == array.Items.Length ? parents : null;
        }
    }
}
