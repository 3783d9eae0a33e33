using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Schemas;

/// <summary>A declaration with the place it was made at.</summary>
internal sealed record Declared<T>(string Namespace, SchemaName Name, T Declaration, DiagnosticSink Diagnostics);

/// <summary>Everything that schemas declare, by full name, and the rules by which a name finds it (Cedar spec, "Schema: name resolution").</summary>
internal sealed class SchemaNames
{
    public const string BuiltInPrefix = "__cedar::";
    private const string ActionType = "Action";

    // Hostile schemas have very many names and very many mistakes.
    private const int MaxHelped = 100;
    private const int MaxCandidates = 10_000;

    private readonly Dictionary<string, Declared<SchemaDeclaration>> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Declared<SchemaDeclaration.CommonType>> _commons = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityUid, Declared<SchemaDeclaration.Action>> _actions = [];
    private readonly HashSet<string> _actionTypes = new(StringComparer.Ordinal);

    /// <summary>Entity types, enumerated ones too, by full name.</summary>
    public IReadOnlyDictionary<string, Declared<SchemaDeclaration>> Entities => _entities;

    public IReadOnlyDictionary<string, Declared<SchemaDeclaration.CommonType>> Commons => _commons;

    public IReadOnlyDictionary<EntityUid, Declared<SchemaDeclaration.Action>> Actions => _actions;

    /// <summary>The built-in type of that name, or null.</summary>
    public static SchemaType? FindBuiltIn(string name) => name switch
    {
        "Bool" => SchemaType.Bool,
        "Long" => SchemaType.Long,
        "String" => SchemaType.String,
        "ipaddr" or "decimal" or "datetime" or "duration" => new SchemaType.Extension(name),
        _ => null,
    };

    /// <summary>What a name that is not declared probably meant. Only the first mistakes get help: looking through all names takes time.</summary>
    public static string? DidYouMean(string name, IEnumerable<string> candidates, DiagnosticSink diagnostics) =>
        diagnostics.ErrorCount < MaxHelped ? Suggestion.DidYouMean(name, candidates.Take(MaxCandidates)) : null;

    public static string Qualify(string space, string name) => space.Length == 0 ? name : $"{space}::{name}";

    public static EntityUid UidOf(string space, string id) => new(Qualify(space, ActionType), id);

    public void Declare(string space, SchemaDeclaration declaration, DiagnosticSink diagnostics)
    {
        switch (declaration)
        {
            case SchemaDeclaration.CommonType common:
                DeclareCommon(new Declared<SchemaDeclaration.CommonType>(space, common.Name, common, diagnostics));
                break;
            case SchemaDeclaration.EntityType { Names: var names }:
                DeclareEntities(space, names, declaration, diagnostics);
                break;
            case SchemaDeclaration.Enumeration { Names: var names }:
                DeclareEntities(space, names, declaration, diagnostics);
                break;
            case SchemaDeclaration.Action action:
                _actionTypes.Add(Qualify(space, ActionType));
                foreach (var name in action.Names)
                {
                    if (!_actions.TryAdd(UidOf(space, name.Text), new Declared<SchemaDeclaration.Action>(space, name, action, diagnostics)))
                    {
                        diagnostics.Error(CedarCodes.DuplicateAction, $"action {CedarString.Quote(name.Text)} is declared twice", name.Span);
                    }
                }

                break;
        }
    }

    /// <summary>Reports names that hide others: Cedar forbids most of that, and warns of the rest.</summary>
    public void CheckShadowing()
    {
        foreach (var (full, entity) in _entities)
        {
            CheckShadowing(entity.Namespace, entity.Name, entity.Diagnostics);
            if (_commons.ContainsKey(full))
            {
                entity.Diagnostics.Warning(
                    CedarCodes.ShadowedEntityType, $"entity type `{full}` is hidden by the common type of that name", entity.Name.Span);
            }
        }

        foreach (var common in _commons.Values)
        {
            CheckShadowing(common.Namespace, common.Name, common.Diagnostics);
        }

        foreach (var action in _actions.Values)
        {
            if (action.Namespace.Length > 0 && _actions.ContainsKey(UidOf("", action.Name.Text)))
            {
                action.Diagnostics.Error(
                    CedarCodes.ShadowedName, $"action {CedarString.Quote(action.Name.Text)} hides the one outside of the namespace", action.Name.Span,
                    "give one of them another name");
            }
        }
    }

    /// <summary>The full name of the entity type that a name stands for in a namespace, or null.</summary>
    public string? FindEntity(string space, string name) => Candidates(space, name).FirstOrDefault(_entities.ContainsKey);

    /// <summary>The same for a type of values, which may also be that of the actions of a namespace.</summary>
    public string? FindEntityOrAction(string space, string name) => FindEntity(space, name) ?? Candidates(space, name).FirstOrDefault(_actionTypes.Contains);

    /// <summary>The full name of the common type that a name stands for in a namespace, or null.</summary>
    public string? FindCommon(string space, string name) => Candidates(space, name).FirstOrDefault(_commons.ContainsKey);

    /// <summary>The action that is referred to in a namespace, or null.</summary>
    public EntityUid? FindAction(string space, ActionReference reference)
    {
        foreach (var type in Candidates(space, reference.Type?.Text ?? ActionType))
        {
            var uid = new EntityUid(type, reference.Id);
            if (_actions.ContainsKey(uid))
            {
                return uid;
            }
        }

        return null;
    }

    // A name without `::` is looked for in its namespace first, any other one is a full name.
    private static string[] Candidates(string space, string name) =>
        space.Length == 0 || name.Contains("::", StringComparison.Ordinal) ? [name] : [$"{space}::{name}", name];

    private static bool IsReserved(string name) => name == "__cedar";

    private void DeclareCommon(Declared<SchemaDeclaration.CommonType> common)
    {
        var name = common.Name.Text;
        if (IsReserved(name) || name is "Bool" or "Boolean" or "Entity" or "Extension" or "Long" or "Record" or "Set" or "String")
        {
            common.Diagnostics.Error(CedarCodes.ReservedTypeName, $"`{name}` is reserved and cannot be the name of a common type", common.Name.Span);
            return;
        }

        if (!_commons.TryAdd(Qualify(common.Namespace, name), common))
        {
            common.Diagnostics.Error(CedarCodes.DuplicateType, $"type `{name}` is declared twice", common.Name.Span);
        }
    }

    private void DeclareEntities(string space, IEnumerable<SchemaName> names, SchemaDeclaration declaration, DiagnosticSink diagnostics)
    {
        foreach (var name in names)
        {
            if (IsReserved(name.Text) || name.Text == ActionType)
            {
                diagnostics.Error(
                    CedarCodes.ReservedTypeName, $"`{name.Text}` is reserved and cannot be the name of an entity type", name.Span,
                    name.Text == ActionType ? "actions are declared by `action`" : null);
            }
            else if (!_entities.TryAdd(Qualify(space, name.Text), new Declared<SchemaDeclaration>(space, name, declaration, diagnostics)))
            {
                diagnostics.Error(CedarCodes.DuplicateType, $"entity type `{name.Text}` is declared twice", name.Span);
            }
        }
    }

    private void CheckShadowing(string space, SchemaName name, DiagnosticSink diagnostics)
    {
        if (space.Length > 0 && (_entities.ContainsKey(name.Text) || _commons.ContainsKey(name.Text)))
        {
            diagnostics.Error(
                CedarCodes.ShadowedName, $"`{Qualify(space, name.Text)}` hides `{name.Text}`", name.Span, "give one of them another name, or move it into a namespace");
        }

        if (FindBuiltIn(name.Text) is not null)
        {
            diagnostics.Warning(
                CedarCodes.ShadowedBuiltIn, $"`{name.Text}` hides the built-in type of that name", name.Span, $"the built-in type is `{BuiltInPrefix}{name.Text}` now");
        }
    }
}
