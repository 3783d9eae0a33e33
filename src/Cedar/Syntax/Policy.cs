using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>What a policy does when it is satisfied.</summary>
public enum Effect
{
    Permit,
    Forbid,
}

/// <summary>How a scope constrains one of principal, action and resource.</summary>
public enum ScopeKind
{
    All,
    Equal,
    In,
    InSet,
    Is,
    IsIn,
}

/// <summary>
/// One constraint of a policy's scope. <see cref="Entities"/> has one element for <c>==</c>, <c>in</c> and <c>is … in</c>, any number for
/// <c>in [ … ]</c> and none otherwise, also when a template slot (<see cref="HasSlot"/>) stands there.
/// </summary>
public sealed record ScopeConstraint(
    ScopeKind Kind, ImmutableArray<EntityUid> Entities, string? EntityType, bool HasSlot, SourceSpan Span);

/// <summary>A <c>when</c> or <c>unless</c> clause.</summary>
public sealed record Condition(bool IsUnless, Expr Body, SourceSpan Span);

/// <summary>An annotation, <c>@name("value")</c>; the value is empty when none is written.</summary>
public sealed record Annotation(string Name, string Value, SourceSpan Span);

/// <summary>A policy or, when a scope constraint has a slot, a template, as written; or a policy made from a template.</summary>
/// <param name="Id">Unique in its set: <c>policy0</c>, <c>policy1</c>, … in source order unless the caller names it otherwise.</param>
/// <param name="Effect">What it does when it is satisfied.</param>
/// <param name="Annotations">In source order, with distinct names.</param>
/// <param name="Principal">The scope's constraint of the principal.</param>
/// <param name="Action">The scope's constraint of the action.</param>
/// <param name="Resource">The scope's constraint of the resource.</param>
/// <param name="Conditions">All have to hold, in source order.</param>
/// <param name="Source">The text it was read from; of a linked policy, that of its template.</param>
/// <param name="Span">Where in <paramref name="Source"/>, annotations and semicolon included.</param>
public sealed record Policy(
    string Id,
    Effect Effect,
    ImmutableArray<Annotation> Annotations,
    ScopeConstraint Principal,
    ScopeConstraint Action,
    ScopeConstraint Resource,
    ImmutableArray<Condition> Conditions,
    SourceText Source,
    SourceSpan Span)
{
    /// <summary>The template that this policy was made from, and with what; null for what was written as it is.</summary>
    public TemplateLink? Link { get; init; }

    /// <summary>Whether a slot is open: a template decides nothing until it is linked.</summary>
    public bool IsTemplate => Principal.HasSlot || Resource.HasSlot;

    /// <summary>The value of the first annotation of that name, or null.</summary>
    public string? FindAnnotation(string name)
    {
        foreach (var annotation in Annotations)
        {
            if (annotation.Name == name)
            {
                return annotation.Value;
            }
        }

        return null;
    }
}
