using Cedar.Syntax;
using System.Collections.Immutable;
using Cedar.Schemas;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>What validation asks of a schema, in the types it works with; computed once.</summary>
internal sealed class SchemaIndex
{
    private readonly Dictionary<SchemaType, StaticType> _types = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, StaticType.Entity> _entities = new(StringComparer.Ordinal);

    // By the type of an action, the types of the groups that actions of this type are in.
    private readonly Dictionary<string, HashSet<string>> _actionTypes = new(StringComparer.Ordinal);

    public SchemaIndex(Schema schema)
    {
        Schema = schema;
        foreach (var action in schema.Actions.Values)
        {
            if (!_actionTypes.TryGetValue(action.Uid.Type, out var groups))
            {
                _actionTypes.Add(action.Uid.Type, groups = new HashSet<string>(StringComparer.Ordinal));
            }

            groups.UnionWith(action.Ancestors.Select(ancestor => ancestor.Type));
        }

        // The order decides which of several requests a message names, so it must not depend on hash codes.
        Environments =
        [
            .. schema.Actions.Values.OrderBy(action => action.Uid.ToString(), StringComparer.Ordinal).SelectMany(EnvironmentsOf),
        ];
    }

    public Schema Schema { get; }

    public ImmutableArray<RequestEnvironment> Environments { get; }

    /// <summary>Every type that may be named in a policy.</summary>
    public IEnumerable<string> EntityTypeNames() => Schema.EntityTypes.Keys.Concat(_actionTypes.Keys);

    public bool IsKnownType(string type) => Schema.EntityTypes.ContainsKey(type) || _actionTypes.ContainsKey(type);

    /// <summary>The type of entities of this name; one object for each name.</summary>
    public StaticType.Entity EntityOf(string name)
    {
        if (!_entities.TryGetValue(name, out var entity))
        {
            _entities.Add(name, entity = new StaticType.Entity(name));
        }

        return entity;
    }

    /// <summary>The attributes of an entity type or a record; none for actions; null for what has no attributes at all.</summary>
    public ImmutableSortedDictionary<string, StaticAttribute>? AttributesOf(StaticType type) => type switch
    {
        StaticType.Record record => record.Attributes,
        StaticType.Entity { Name: { } name } when Schema.EntityTypes.TryGetValue(name, out var definition) =>
            ((StaticType.Record)Convert(definition.Attributes)).Attributes,
        StaticType.Entity => ImmutableSortedDictionary<string, StaticAttribute>.Empty,
        _ => null,
    };

    /// <summary>The type of the tags of an entity type; null when it has none.</summary>
    public StaticType? TagsOf(StaticType.Entity entity) =>
        entity.Name is { } name && Schema.EntityTypes.TryGetValue(name, out var definition) && definition.Tags is { } tags ? Convert(tags) : null;

    /// <summary>Whether an entity of the one type may be in one of the other.</summary>
    public bool MayBeIn(string child, string ancestor) =>
        child == ancestor
        || (Schema.EntityTypes.TryGetValue(child, out var definition) && definition.Ancestors.Contains(ancestor))
        || (_actionTypes.TryGetValue(child, out var groups) && groups.Contains(ancestor));

    /// <summary>Whether an action is a group or in it.</summary>
    public bool IsActionIn(EntityUid action, EntityUid group) =>
        action.Equals(group) || (Schema.Actions.TryGetValue(action, out var definition) && definition.Ancestors.Contains(group));

    private IEnumerable<RequestEnvironment> EnvironmentsOf(ActionDefinition action) =>
        from principal in action.PrincipalTypes
        from resource in action.ResourceTypes
        select new RequestEnvironment(EntityOf(principal), action, EntityOf(resource), (StaticType.Record)Convert(action.Context));

    private StaticType Convert(SchemaType type)
    {
        if (!_types.TryGetValue(type, out var converted))
        {
            converted = type switch
            {
                SchemaType.Boolean => StaticType.Bool,
                SchemaType.Integer => StaticType.Long,
                SchemaType.Text => StaticType.String,
                SchemaType.Set set => new StaticType.Set(Convert(set.Element)),
                SchemaType.Entity entity => EntityOf(entity.Name),
                SchemaType.Extension extension => new StaticType.Extension(extension.Name),
                SchemaType.Record record => ConvertRecord(record),
                _ => throw new InvalidOperationException($"The family of types is closed; {type.GetType()} is not in it."),
            };
            _types.Add(type, converted);
        }

        return converted;
    }

    private StaticType.Record ConvertRecord(SchemaType.Record record)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, StaticAttribute>(StringComparer.Ordinal);
        foreach (var (name, attribute) in record.Attributes)
        {
            builder.Add(name, new StaticAttribute(Convert(attribute.Type), attribute.IsRequired));
        }

        return new StaticType.Record(builder.ToImmutable());
    }
}
