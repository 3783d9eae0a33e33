using System.Collections.Frozen;
using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Schemas;

/// <summary>A type of entities.</summary>
/// <param name="Name">The full name, such as <c>MCP::Tool</c>.</param>
/// <param name="Ancestors">Every type that an entity of this type may be <c>in</c>, directly or not.</param>
/// <param name="Attributes">What <c>e.a</c> reads.</param>
/// <param name="Tags">The type of every tag; null when the type has no tags.</param>
/// <param name="Choices">The only ids there are, for an enumerated type; null for any other.</param>
public sealed record EntityTypeDefinition(
    string Name, FrozenSet<string> Ancestors, SchemaType.Record Attributes, SchemaType? Tags, ImmutableArray<string>? Choices);

/// <summary>An action, and the requests that may be made with it.</summary>
/// <param name="Uid">Its name, such as <c>Action::"view"</c>.</param>
/// <param name="Ancestors">Every action group that it is in, directly or not.</param>
/// <param name="PrincipalTypes">Types of the principals of its requests; none for an action that only groups others.</param>
/// <param name="ResourceTypes">Types of the resources of its requests.</param>
/// <param name="Context">The type of the context of its requests.</param>
public sealed record ActionDefinition(
    EntityUid Uid, FrozenSet<EntityUid> Ancestors, ImmutableArray<string> PrincipalTypes, ImmutableArray<string> ResourceTypes,
    SchemaType.Record Context);

/// <summary>
/// A schema with every name resolved, common types put in and hierarchies closed: what validation works on. Written schemas, in either
/// syntax, are <see cref="SchemaDocument"/>s; <see cref="SchemaResolver"/> makes them one.
/// </summary>
public sealed class Schema(IEnumerable<EntityTypeDefinition> entityTypes, IEnumerable<ActionDefinition> actions)
{
    /// <summary>By full name.</summary>
    public FrozenDictionary<string, EntityTypeDefinition> EntityTypes { get; } =
        entityTypes.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    public FrozenDictionary<EntityUid, ActionDefinition> Actions { get; } = actions.ToFrozenDictionary(action => action.Uid);

    /// <summary>The schema in Cedar syntax that a text holds, or what is wrong with it.</summary>
    public static SchemaResult Parse(SourceText source) => Resolve(SchemaParser.Parse(source));

    /// <summary>The schema in the JSON form that a text holds, or what is wrong with it.</summary>
    public static SchemaResult ParseJson(SourceText source) => Resolve(SchemaJson.Parse(source));

    /// <summary>The actions as entities, with the groups they are in: what <c>action in …</c> looks at.</summary>
    public IEnumerable<Entity> ActionEntities =>
        Actions.Values.Select(action => new Entity(action.Uid, RecordValue.Empty, [.. action.Ancestors]));

    private static SchemaResult Resolve(SchemaParseResult parsed)
    {
        if (parsed.Document is not { } document)
        {
            return new SchemaResult(null, parsed.Diagnostics);
        }

        var resolved = SchemaResolver.Resolve(document);
        return resolved with { Diagnostics = [.. parsed.Diagnostics, .. resolved.Diagnostics] };
    }
}
