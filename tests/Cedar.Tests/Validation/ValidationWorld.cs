using System.Collections.Frozen;
using System.Collections.Immutable;
using Cedar.Schemas;
using Cedar.Values;

namespace Cedar.Tests.Validation;

/// <summary>A schema of photos and albums that users look at.</summary>
internal static class ValidationWorld
{
    public static Schema Schema { get; } = new(
        [
            Type("User", ["Group"], Record(("name", SchemaType.String, true), ("age", SchemaType.Long, false), ("address", Record(("city", SchemaType.String, false)), false)), SchemaType.String),
            Type("Group", [], SchemaType.Record.Empty),
            Type("App", [], SchemaType.Record.Empty),
            Type("Photo", ["Album"], Record(
                ("owner", new SchemaType.Entity("User"), true), ("path", SchemaType.String, true),
                ("labels", new SchemaType.Set(SchemaType.String), true), ("taken", new SchemaType.Extension("datetime"), false),
                ("price", new SchemaType.Extension("decimal"), false)), new SchemaType.Set(SchemaType.Long)),
            Type("Album", ["Album"], Record(("title", SchemaType.String, true), ("owner", new SchemaType.Entity("User"), false))),
            new("Color", FrozenSet<string>.Empty, SchemaType.Record.Empty, null, ["red", "green"]),
        ],
        [
            Action("view", ["read"], ["User", "App"], ["Photo", "Album"], Record(("mfa", SchemaType.Bool, true), ("ip", new SchemaType.Extension("ipaddr"), false))),
            Action("edit", [], ["User"], ["Photo"], Record(("mfa", SchemaType.Bool, true), ("reason", SchemaType.String, false))),
            Action("paint", [], ["User"], ["Color"], SchemaType.Record.Empty),
            new(new EntityUid("N::Action", "x"), FrozenSet<EntityUid>.Empty, ["User"], ["Photo"], SchemaType.Record.Empty),
            Action("read", [], [], [], SchemaType.Record.Empty),
        ]);

    private static EntityTypeDefinition Type(string name, string[] ancestors, SchemaType.Record attributes, SchemaType? tags = null) =>
        new(name, ancestors.ToFrozenSet(), attributes, tags, null);

    private static ActionDefinition Action(string id, string[] groups, ImmutableArray<string> principals, ImmutableArray<string> resources, SchemaType.Record context) =>
        new(new EntityUid("Action", id), groups.Select(group => new EntityUid("Action", group)).ToFrozenSet(), principals, resources, context);

    private static SchemaType.Record Record(params (string Name, SchemaType Type, bool IsRequired)[] attributes) =>
        new(attributes.ToImmutableSortedDictionary(one => one.Name, one => new AttributeType(one.Type, one.IsRequired), StringComparer.Ordinal));
}
