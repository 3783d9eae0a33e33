using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>A type as written in a schema, its names not resolved. A closed family.</summary>
public abstract record WrittenType(SourceSpan Span)
{
    // Nothing outside adds to the family: switches over it are complete.
    private protected abstract int Kind { get; }

    /// <summary><c>Set&lt;Element&gt;</c>.</summary>
    public sealed record Set(WrittenType Element, SourceSpan Span) : WrittenType(Span)
    {
        private protected override int Kind => 0;
    }

    /// <summary><c>{ name: Type, other?: Type }</c>; no name occurs twice.</summary>
    public sealed record Record(ImmutableArray<WrittenAttribute> Attributes, SourceSpan Span) : WrittenType(Span)
    {
        private protected override int Kind => 1;
    }

    /// <summary>A name of some type.</summary>
    public sealed record Reference(ReferenceKind RefersTo, string Name, SourceSpan Span) : WrittenType(Span)
    {
        private protected override int Kind => 2;
    }
}

/// <summary>What a name in a type may stand for.</summary>
public enum ReferenceKind
{
    /// <summary>A common type, an entity type or a built-in type, in this order: every name in Cedar syntax, <c>"EntityOrCommon"</c> in JSON.</summary>
    Any,

    /// <summary>A common type or a built-in type: <c>{"type": "Name"}</c> in JSON, and the context of an action.</summary>
    Common,

    /// <summary>An entity type: <c>{"type": "Entity", "name": "Name"}</c> in JSON.</summary>
    Entity,

    /// <summary>A built-in type that nothing shadows, by its name without <c>__cedar::</c>: <c>{"type": "Long"}</c>, also an extension type.</summary>
    BuiltIn,
}

/// <summary>An attribute of a record or an entity type, as written.</summary>
/// <param name="Name">Decoded.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">False with <c>?</c>.</param>
/// <param name="Annotations">What stands before it.</param>
/// <param name="Span">From its first annotation to the end of its type.</param>
public sealed record WrittenAttribute(
    SchemaName Name, WrittenType Type, bool IsRequired, ImmutableArray<Annotation> Annotations, SourceSpan Span);
