using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Validation;

/// <summary>Where a request or an entity does not fit a schema. It need not have been read from a text, so there is a path and no span.</summary>
/// <param name="Code">As of diagnostics.</param>
/// <param name="Message">One line, lower case, without a period, user text in backticks.</param>
/// <param name="Help">What to do about it, or null.</param>
/// <param name="Entity">The entity whose data is wrong; null for requests.</param>
/// <param name="Path">
/// From the request or entity to the value: <c>principal</c>, <c>action</c>, <c>resource</c> or <c>context</c> and attributes;
/// <c>uid</c>, <c>parents</c>, <c>attrs</c> or <c>tags</c> and attributes, as in the JSON form. Elements of sets have no step of their own.
/// </param>
public sealed record SchemaViolation(string Code, string Message, string? Help, EntityUid? Entity, ImmutableArray<string> Path)
{
    /// <summary>One line: <c>path: error[CODE]: message</c>.</summary>
    public override string ToString() => $"{(Entity is null ? "" : $"{Entity}: ")}{string.Join('.', Path)}: error[{Code}]: {Message}";
}
