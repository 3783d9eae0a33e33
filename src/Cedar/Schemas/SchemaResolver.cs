using System.Collections.Frozen;
using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Schemas;

/// <summary>Makes a schema of written ones: finds what every name stands for, puts common types in, closes hierarchies.</summary>
public sealed class SchemaResolver
{
    private readonly SchemaNames _names = new();
    private readonly TypeResolver _types;

    private SchemaResolver()
    {
        _types = new TypeResolver(_names);
    }

    /// <summary>
    /// The schema that these documents make together. Names of one may stand in another; no namespace may be in two of them. All mistakes are
    /// reported.
    /// </summary>
    public static SchemaResult Resolve(params IReadOnlyList<SchemaDocument> documents)
    {
        var sinks = documents.Select(document => new DiagnosticSink(document.Source)).ToList();
        var schema = new SchemaResolver().Resolve(documents, sinks);
        return new SchemaResult(
            sinks.Exists(sink => sink.ErrorCount > 0) ? null : schema, [.. sinks.SelectMany(sink => sink.ToImmutable()).Distinct()]);
    }

    private Schema Resolve(IReadOnlyList<SchemaDocument> documents, List<DiagnosticSink> sinks)
    {
        HashSet<string> namespaces = new(StringComparer.Ordinal);
        for (var i = 0; i < documents.Count; i++)
        {
            foreach (var space in documents[i].Namespaces)
            {
                CheckNamespace(space, namespaces, sinks[i]);
                foreach (var declaration in space.Declarations)
                {
                    _names.Declare(space.Name.Text, declaration, sinks[i]);
                }
            }
        }

        _names.CheckShadowing();
        foreach (var common in _names.Commons.Keys)
        {
            _types.ResolveCommon(common);
        }

        return new Schema(ResolveEntities(), ResolveActions());
    }

    private static void CheckNamespace(SchemaNamespace space, HashSet<string> known, DiagnosticSink diagnostics)
    {
        if (!known.Add(space.Name.Text))
        {
            diagnostics.Error(
                CedarCodes.DuplicateNamespace, $"namespace `{space.Name.Text}` is declared twice", space.Name.Span, "put the declarations into one");
        }

        if (space.Name.Text.Split("::").Contains("__cedar"))
        {
            diagnostics.Error(CedarCodes.ReservedNamespace, "`__cedar` is reserved and cannot name a namespace", space.Name.Span);
        }
    }

    private List<EntityTypeDefinition> ResolveEntities()
    {
        Dictionary<string, ImmutableArray<string>> parents = new(StringComparer.Ordinal);
        foreach (var (name, entity) in _names.Entities)
        {
            parents[name] = entity.Declaration is SchemaDeclaration.EntityType { MemberOf: var memberOf }
                ? [.. memberOf.Select(parent => _types.ResolveEntity(parent.Text, parent.Span, entity.Namespace, entity.Diagnostics)).OfType<string>()]
                : [];
        }

        var ancestors = Closure.Of(parents, out var tooLarge);
        if (tooLarge is not null)
        {
            ReportTooLarge(_names.Entities[tooLarge].Name, _names.Entities[tooLarge].Diagnostics);
        }

        List<EntityTypeDefinition> resolved = [];
        foreach (var (name, entity) in _names.Entities)
        {
            resolved.Add(entity.Declaration is SchemaDeclaration.EntityType type
                ? new EntityTypeDefinition(
                    name, ancestors[name].ToFrozenSet(StringComparer.Ordinal), Shape(type, entity),
                    type.Tags is { } tags ? _types.Resolve(tags, entity.Namespace, entity.Diagnostics) : null, null)
                : new EntityTypeDefinition(
                    name, FrozenSet<string>.Empty, SchemaType.Record.Empty, null,
                    [.. ((SchemaDeclaration.Enumeration)entity.Declaration).Choices.Select(choice => choice.Text).Distinct(StringComparer.Ordinal)]));
        }

        return resolved;
    }

    private SchemaType.Record Shape(SchemaDeclaration.EntityType type, Declared<SchemaDeclaration> entity) =>
        (type.Shape is { } shape ? _types.ResolveRecord(shape, entity.Namespace, $"the shape of entity type `{entity.Name}`", entity.Diagnostics) : null)
        ?? SchemaType.Record.Empty;

    private List<ActionDefinition> ResolveActions()
    {
        Dictionary<EntityUid, ImmutableArray<EntityUid>> parents = [];
        foreach (var (uid, action) in _names.Actions)
        {
            parents[uid] = [.. action.Declaration.MemberOf.Select(parent => ResolveParent(parent, action)).OfType<EntityUid>()];
        }

        var ancestors = Closure.Of(parents, out var tooLarge);
        if (tooLarge is not null)
        {
            ReportTooLarge(_names.Actions[tooLarge].Name, _names.Actions[tooLarge].Diagnostics);
        }

        List<ActionDefinition> resolved = [];
        foreach (var (uid, action) in _names.Actions)
        {
            if (ancestors[uid].Contains(uid))
            {
                action.Diagnostics.Error(CedarCodes.ActionCycle, $"action `{uid}` is in itself", action.Name.Span);
            }

            resolved.Add(ResolveAction(uid, action, ancestors[uid].ToFrozenSet()));
        }

        return resolved;
    }

    private static void ReportTooLarge(SchemaName name, DiagnosticSink diagnostics) =>
        diagnostics.Error(CedarCodes.TooLarge, "the hierarchy is too large", name.Span, "put fewer into each other");

    private EntityUid? ResolveParent(ActionReference parent, Declared<SchemaDeclaration.Action> action)
    {
        if (_names.FindAction(action.Namespace, parent) is { } found)
        {
            return found;
        }

        var written = parent.Type is { } type ? $"{type}::{CedarString.Quote(parent.Id)}" : CedarString.Quote(parent.Id);
        action.Diagnostics.Error(
            CedarCodes.UndeclaredAction, $"there is no action {(parent.Type is null ? written : $"`{written}`")}", parent.Span,
            SchemaNames.DidYouMean(parent.Id, _names.Actions.Keys.Select(uid => uid.Id), action.Diagnostics));
        return null;
    }

    private ActionDefinition ResolveAction(EntityUid uid, Declared<SchemaDeclaration.Action> action, FrozenSet<EntityUid> ancestors)
    {
        if (action.Declaration.AppliesTo is not { } appliesTo)
        {
            return new ActionDefinition(uid, ancestors, [], [], SchemaType.Record.Empty);
        }

        var context = appliesTo.Context is { } written
            ? _types.ResolveRecord(written, action.Namespace, $"the context of action {CedarString.Quote(uid.Id)}", action.Diagnostics)
            : null;
        var principals = Types(appliesTo.Principals, action);
        var resources = Types(appliesTo.Resources, action);

        // JSON allows empty lists. With nothing on one side no request can be made, as without `appliesTo`.
        return principals.IsEmpty || resources.IsEmpty
            ? new ActionDefinition(uid, ancestors, [], [], SchemaType.Record.Empty)
            : new ActionDefinition(uid, ancestors, principals, resources, context ?? SchemaType.Record.Empty);
    }

    private ImmutableArray<string> Types(ImmutableArray<SchemaName> written, Declared<SchemaDeclaration.Action> action) =>
    [
        .. written.Select(name => _types.ResolveEntity(name.Text, name.Span, action.Namespace, action.Diagnostics)).OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];
}
