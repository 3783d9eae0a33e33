using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>
/// A schema as written, in either syntax: names are not resolved, and nothing is known to be declared. Resolution makes a <see cref="Schema"/>
/// of one or several of them.
/// </summary>
/// <param name="Namespaces">In the order in which they appear. What stands outside of any is in one whose name is empty.</param>
/// <param name="Source">The text that every span points into.</param>
public sealed record SchemaDocument(ImmutableArray<SchemaNamespace> Namespaces, SourceText Source);

/// <summary>A namespace and what it declares.</summary>
/// <param name="Name">Parts joined by <c>::</c>; empty for what stands outside of any namespace.</param>
/// <param name="Annotations">None in the empty namespace.</param>
/// <param name="Declarations">In the order of the text.</param>
/// <param name="Span">From its first annotation to its closing brace.</param>
public sealed record SchemaNamespace(
    SchemaName Name, ImmutableArray<Annotation> Annotations, ImmutableArray<SchemaDeclaration> Declarations, SourceSpan Span);

/// <summary>A name as written (of an action: its decoded id), and where.</summary>
public readonly record struct SchemaName(string Text, SourceSpan Span)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => Text;
}

/// <summary>A declaration in a schema. A closed family.</summary>
/// <param name="Annotations">What stands before it with <c>@</c>.</param>
/// <param name="Span">From its first annotation to its semicolon.</param>
public abstract record SchemaDeclaration(ImmutableArray<Annotation> Annotations, SourceSpan Span)
{
    // Nothing outside adds to the family: switches over it are complete.
    private protected abstract int Kind { get; }

    /// <summary><c>type Name = Type;</c></summary>
    public sealed record CommonType(SchemaName Name, WrittenType Type, ImmutableArray<Annotation> Annotations, SourceSpan Span)
        : SchemaDeclaration(Annotations, Span)
    {
        private protected override int Kind => 0;
    }

    /// <summary><c>entity Names in [MemberOf] = Shape tags Tags;</c></summary>
    /// <param name="Names">One or more, which are declared alike.</param>
    /// <param name="MemberOf">What entities of these types may be in directly.</param>
    /// <param name="Shape">The attributes; null when there are none. In JSON it may refer to a common type.</param>
    /// <param name="Tags">The type of every tag; null when there are none.</param>
    /// <param name="Annotations">What stands before it.</param>
    /// <param name="Span">The whole declaration.</param>
    public sealed record EntityType(
        ImmutableArray<SchemaName> Names, ImmutableArray<SchemaName> MemberOf, WrittenType? Shape, WrittenType? Tags,
        ImmutableArray<Annotation> Annotations, SourceSpan Span)
        : SchemaDeclaration(Annotations, Span)
    {
        private protected override int Kind => 1;
    }

    /// <summary><c>entity Names enum ["a", "b"];</c></summary>
    /// <param name="Names">One or more, which are declared alike.</param>
    /// <param name="Choices">One or more: the only ids there are.</param>
    /// <param name="Annotations">What stands before it.</param>
    /// <param name="Span">The whole declaration.</param>
    public sealed record Enumeration(
        ImmutableArray<SchemaName> Names, ImmutableArray<SchemaName> Choices, ImmutableArray<Annotation> Annotations, SourceSpan Span)
        : SchemaDeclaration(Annotations, Span)
    {
        private protected override int Kind => 2;
    }

    /// <summary><c>action Names in [MemberOf] appliesTo { … };</c></summary>
    /// <param name="Names">One or more, which are declared alike.</param>
    /// <param name="MemberOf">The action groups that they are in directly.</param>
    /// <param name="AppliesTo">The requests that may be made; null for an action that only groups others.</param>
    /// <param name="Annotations">What stands before it.</param>
    /// <param name="Span">The whole declaration.</param>
    public sealed record Action(
        ImmutableArray<SchemaName> Names, ImmutableArray<ActionReference> MemberOf, AppliesTo? AppliesTo,
        ImmutableArray<Annotation> Annotations, SourceSpan Span)
        : SchemaDeclaration(Annotations, Span)
    {
        private protected override int Kind => 3;
    }
}

/// <summary>An action that a declaration refers to, such as <c>view</c> or <c>MCP::Action::"view"</c>.</summary>
/// <param name="Type">The type, when it is written; else the action is one of the same namespace or of the empty one.</param>
/// <param name="Id">The decoded id.</param>
/// <param name="Span">The whole reference.</param>
public sealed record ActionReference(SchemaName? Type, string Id, SourceSpan Span);

/// <summary>The requests that may be made with an action.</summary>
/// <param name="Principals">Types of principals. Not empty in Cedar syntax; with an empty list nothing can be requested.</param>
/// <param name="Resources">Types of resources; the same holds.</param>
/// <param name="Context">A record or a reference to a common type; null for the empty record.</param>
/// <param name="Span">The whole clause.</param>
public sealed record AppliesTo(
    ImmutableArray<SchemaName> Principals, ImmutableArray<SchemaName> Resources, WrittenType? Context, SourceSpan Span);
