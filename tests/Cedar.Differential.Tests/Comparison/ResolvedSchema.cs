using System.Collections.Frozen;
using System.Collections.Immutable;
using Cedar.Fuzz.Generation;
using Cedar.Schemas;
using Cedar.Values;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>A generated schema as the library's resolved model.</summary>
internal static class ResolvedSchema
{
    public static Schema Of(GenSchema schema) => new(
        schema.EntityTypes.DistinctBy(type => type.Name).Select(type => new EntityTypeDefinition(
            type.Name, Closure(type.Name, name => schema.FindEntityType(name)?.Parents ?? []).ToFrozenSet(), Record(type.Attributes),
            type.Tags is null ? null : Type(type.Tags), type.Choices is null ? null : [.. type.Choices])),
        schema.Actions.Select(action => new ActionDefinition(
            Uid(action.Uid), Closure(action.Uid, uid => schema.Actions.First(a => a.Uid == uid).Groups).Select(Uid).ToFrozenSet(),
            [.. action.Principals], [.. action.Resources], (SchemaType.Record)Type(action.Context))));

    private static EntityUid Uid(GenUid uid) => new(uid.Type, uid.Id);

    private static HashSet<T> Closure<T>(T start, Func<T, IReadOnlyList<T>> parents)
    {
        HashSet<T> found = [];
        Queue<T> open = new([start]);
        while (open.TryDequeue(out var next))
        {
            foreach (var parent in parents(next).Where(found.Add))
            {
                open.Enqueue(parent);
            }
        }

        return found;
    }

    private static SchemaType Type(GenType type) => type.Resolved switch
    {
        GenType.Primitive { Name: "Bool" } => SchemaType.Bool,
        GenType.Primitive { Name: "Long" } => SchemaType.Long,
        GenType.Primitive => SchemaType.String,
        GenType.Extension x => new SchemaType.Extension(x.Name),
        GenType.Entity x => new SchemaType.Entity(x.Name),
        GenType.Set x => new SchemaType.Set(Type(x.Element)),
        GenType.Record x => Record(x.Attributes),
        _ => throw new InvalidOperationException(),
    };

    private static SchemaType.Record Record(IReadOnlyList<GenAttribute> attributes) => new(
        attributes.ToImmutableSortedDictionary(a => a.Name, a => new AttributeType(Type(a.Type), a.Required), StringComparer.Ordinal));
}
