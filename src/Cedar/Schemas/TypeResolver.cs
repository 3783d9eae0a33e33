using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Resolves written types. Every method returns null after a report.</summary>
internal sealed class TypeResolver(SchemaNames names)
{
    // Common types that refer to others can describe, in a short text, types of any depth and of exponential size. Who works with a type walks it.
    private const int MaxDepth = 200;
    private const int MaxSize = 1_000_000;

    private static readonly string[] s_builtIns = ["Bool", "Long", "String", "ipaddr", "decimal", "datetime", "duration"];

    private readonly Dictionary<string, ResolvedCommon> _commons = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    // Of the type that is being resolved: how deep this place in it is, how deep it gets, and how many parts it has so far.
    private int _depth;
    private int _deepest;
    private int _size;
    private bool _isTooLargeReported;

    private sealed record ResolvedCommon(SchemaType? Type, int Depth, int Size);

    /// <summary>A type on its own: not a part of one that is being resolved.</summary>
    public SchemaType? Resolve(WrittenType type, string space, DiagnosticSink diagnostics)
    {
        (_depth, _deepest, _size) = (0, 0, 0);
        return ResolvePart(type, space, diagnostics);
    }

    private SchemaType? ResolvePart(WrittenType type, string space, DiagnosticSink diagnostics)
    {
        _depth++;
        _size++;
        _deepest = Math.Max(_deepest, _depth);
        var resolved = IsSmallEnough(type.Span, diagnostics) ? ResolveKind(type, space, diagnostics) : null;
        _depth--;
        return resolved;
    }

    private bool IsSmallEnough(SourceSpan span, DiagnosticSink diagnostics)
    {
        if (_deepest <= MaxDepth && _size <= MaxSize)
        {
            return true;
        }

        // Once is enough: what holds the type is too large as well.
        if (!_isTooLargeReported)
        {
            _isTooLargeReported = true;
            diagnostics.Error(
                _size > MaxSize ? CedarCodes.TooLarge : CedarCodes.TooDeep,
                _size > MaxSize ? $"the type has more than {MaxSize} parts" : $"the type is more than {MaxDepth} types deep", span);
        }

        return false;
    }

    private SchemaType? ResolveKind(WrittenType type, string space, DiagnosticSink diagnostics)
    {
        return type switch
        {
            WrittenType.Set set => ResolvePart(set.Element, space, diagnostics) is { } element ? new SchemaType.Set(element) : null,
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
    public void ResolveCommon(string full)
    {
        (_depth, _deepest, _size) = (0, 0, 0);
        ResolveCommonPart(full, names.Commons[full].Name.Span, names.Commons[full].Diagnostics);
    }

    private SchemaType? ResolveCommonPart(string full, SourceSpan span, DiagnosticSink diagnostics)
    {
        if (_commons.TryGetValue(full, out var known))
        {
            _deepest = Math.Max(_deepest, _depth + known.Depth);
            _size = Math.Min(_size + known.Size, MaxSize + 1);
            return IsSmallEnough(span, diagnostics) ? known.Type : null;
        }

        var common = names.Commons[full];
        if (!_open.Add(full))
        {
            common.Diagnostics.Error(
                CedarCodes.TypeCycle, $"type `{full}` is made of itself", common.Name.Span, "a recursive structure is made of entities that refer to each other");
            return null;
        }

        var (deepestBefore, sizeBefore) = (_deepest, _size);
        _deepest = _depth;
        var resolved = ResolvePart(common.Declaration.Type, common.Namespace, common.Diagnostics);
        _open.Remove(full);
        _commons[full] = new ResolvedCommon(resolved, _deepest - _depth, _size - sizeBefore);
        _deepest = Math.Max(_deepest, deepestBefore);
        return resolved;
    }

    private SchemaType.Record? ResolveRecord(WrittenType.Record record, string space, DiagnosticSink diagnostics)
    {
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeType>(StringComparer.Ordinal);
        var isWhole = true;
        foreach (var attribute in record.Attributes)
        {
            if (ResolvePart(attribute.Type, space, diagnostics) is { } type)
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
            return ResolveCommonPart(common, reference.Span, diagnostics);
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
        Report($"there is no type `{name}`", name, s_builtIns.Concat(candidates), reference.Span, diagnostics);
        return null;
    }

    private static void Report(string message, string name, IEnumerable<string> candidates, SourceSpan span, DiagnosticSink diagnostics) =>
        diagnostics.Error(CedarCodes.UndeclaredType, message, span, SchemaNames.DidYouMean(name, candidates, diagnostics));
}
