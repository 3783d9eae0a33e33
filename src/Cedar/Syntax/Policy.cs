using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>What a policy does when it is satisfied.</summary>
public enum Effect
{
    /// <summary>It allows, unless a forbid is satisfied too.</summary>
    Permit,

    /// <summary>It denies, whatever permits there are.</summary>
    Forbid,
}

/// <summary>How a scope constrains one of principal, action and resource.</summary>
public enum ScopeKind
{
    /// <summary>Not at all: <c>principal</c>.</summary>
    All,

    /// <summary><c>principal == User::"a"</c>.</summary>
    Equal,

    /// <summary><c>principal in Group::"g"</c>.</summary>
    In,

    /// <summary><c>action in [Action::"a", Action::"b"]</c>; for actions only.</summary>
    InSet,

    /// <summary><c>principal is User</c>; not for actions.</summary>
    Is,

    /// <summary><c>principal is User in Group::"g"</c>; not for actions.</summary>
    IsIn,
}

/// <summary>
/// One constraint of a policy's scope. <see cref="Entities"/> has one element for <c>==</c>, <c>in</c> and <c>is … in</c>, any number for
/// <c>in [ … ]</c> and none otherwise, also when a template slot (<see cref="HasSlot"/>) stands there.
/// </summary>
/// <param name="Kind">How.</param>
/// <param name="Entities">What it is compared with.</param>
/// <param name="EntityType">The full name of the type, for <c>is</c> and <c>is … in</c>; else null.</param>
/// <param name="HasSlot">Whether a template's slot stands in the place of the entity; only for principal and resource.</param>
/// <param name="Span">Where, the variable included.</param>
public sealed record ScopeConstraint(
    ScopeKind Kind, ImmutableArray<EntityUid> Entities, string? EntityType, bool HasSlot, SourceSpan Span);

/// <summary>A <c>when</c> or <c>unless</c> clause.</summary>
/// <param name="IsUnless">Whether it has to be false instead of true.</param>
/// <param name="Body">What has to hold.</param>
/// <param name="Span">Where, the word and the braces included.</param>
public sealed record Condition(bool IsUnless, Expr Body, SourceSpan Span);

/// <summary>An annotation, <c>@name("value")</c>; the value is empty when none is written.</summary>
/// <param name="Name">Any identifier, also a reserved word.</param>
/// <param name="Value">The string, escapes decoded.</param>
/// <param name="Span">Where, the <c>@</c> included.</param>
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
