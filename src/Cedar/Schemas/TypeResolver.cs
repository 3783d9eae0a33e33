using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Resolves written types. Every method returns null after a report.</summary>
internal sealed class TypeResolver(SchemaNames names)
{
    private readonly Dictionary<string, SchemaType?> _commons = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    public SchemaType? Resolve(WrittenType type, string space, DiagnosticSink diagnostics)
    {
        // Common types may refer to each other in chains of any length.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            diagnostics.Error(CedarCodes.TooDeep, "types refer to each other too deeply", type.Span);
            return null;
        }

        return type switch
        {
            WrittenType.Set set => Resolve(set.Element, space, diagnostics) is { } element ? new SchemaType.Set(element) : null,
            WrittenType.Record record => ResolveRecord(record, space, diagnostics),
            WrittenType.Reference reference => ResolveReference(reference, space, diagnostics),
            _ => throw new InvalidOperationException($"The family of written types is closed; {type.GetType()} is not in it."),
        };
    }

    /// <summary>A type that must turn out to be a record.</summary>
    /// <param name="type">As written.</param>
    /// <param name="space">The namespace it is written in.</param>
    /// <param name="what">What it describes, for the message.</param>
    /// <param name="diagnostics">Where a report goes.</param>
    public SchemaType.Record? ResolveRecord(WrittenType type, string space, string what, DiagnosticSink diagnostics)
    {
        var resolved = Resolve(type, space, diagnostics);
        if (resolved is not (null or SchemaType.Record))
        {
            diagnostics.Error(CedarCodes.NotARecord, $"{what} is not a record", type.Span);
        }

        return resolved as SchemaType.Record;
    }

    /// <summary>The full name of an entity type.</summary>
    public string? ResolveEntity(string name, SourceSpan span, string space, DiagnosticSink diagnostics)
    {
        if (names.FindEntity(space, name) is { } full)
        {
            return full;
        }

        Report($"there is no entity type `{name}`", name, names.Entities.Keys, span, diagnostics);
        return null;
    }

    /// <summary>A common type, resolved once.</summary>
    public SchemaType? ResolveCommon(string full)
    {
        if (_commons.TryGetValue(full, out var known))
        {
            return known;
        }

        var common = names.Commons[full];
        if (!_open.Add(full))
        {
            common.Diagnostics.Error(
                CedarCodes.TypeCycle, $"type `{full}` is made of itself", common.Name.Span, "a recursive structure is made of entities that refer to each other");
            return null;
        }

        var resolved = Resolve(common.Declaration.Type, common.Namespace, common.Diagnostics);
        _open.Remove(full);
        _commons[full] = resolved;
        return resolved;
    }

    private SchemaType.Record? ResolveRecord(WrittenType.Record record, string space, DiagnosticSink diagnostics)
    {
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeType>(StringComparer.Ordinal);
        var isWhole = true;
        foreach (var attribute in record.Attributes)
        {
            if (Resolve(attribute.Type, space, diagnostics) is { } type)
            {
                attributes[attribute.Name.Text] = new AttributeType(type, attribute.IsRequired);
            }
            else
            {
                isWhole = false;
            }
        }

        return isWhole ? new SchemaType.Record(attributes.ToImmutable()) : null;
    }

    private SchemaType? ResolveReference(WrittenType.Reference reference, string space, DiagnosticSink diagnostics)
    {
        var name = reference.Name;
        if (reference.RefersTo == ReferenceKind.Entity)
        {
            return (names.FindEntityOrAction(space, name) ?? ResolveEntity(name, reference.Span, space, diagnostics)) is { } entity
                ? new SchemaType.Entity(entity)
                : null;
        }

        var isBuiltIn = reference.RefersTo == ReferenceKind.BuiltIn;
        if (!isBuiltIn && names.FindCommon(space, name) is { } common)
        {
            return ResolveCommon(common);
        }

        if (reference.RefersTo == ReferenceKind.Any && names.FindEntityOrAction(space, name) is { } full)
        {
            return new SchemaType.Entity(full);
        }

        var plain = !isBuiltIn && name.StartsWith(SchemaNames.BuiltInPrefix, StringComparison.Ordinal) ? name[SchemaNames.BuiltInPrefix.Length..] : name;
        if (SchemaNames.FindBuiltIn(plain) is { } builtIn)
        {
            return builtIn;
        }

        var candidates = reference.RefersTo == ReferenceKind.Any ? names.Commons.Keys.Concat(names.Entities.Keys) : names.Commons.Keys;
        Report($"there is no type `{name}`", name, [.. candidates, "Bool", "Long", "String", "ipaddr", "decimal", "datetime", "duration"], reference.Span, diagnostics);
        return null;
    }

    private static void Report(string message, string name, IEnumerable<string> candidates, SourceSpan span, DiagnosticSink diagnostics) =>
        diagnostics.Error(CedarCodes.UndeclaredType, message, span, Suggestion.DidYouMean(name, candidates));
}
