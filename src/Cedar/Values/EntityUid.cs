namespace Cedar.Values;

/// <summary>The name of an entity: a type such as <c>MCP::Tool</c> and an identifier (Cedar spec, "Entity UIDs").</summary>
/// <param name="Type">The type's full name, parts joined by <c>::</c>.</param>
/// <param name="Id">The identifier with all escapes decoded.</param>
public sealed record EntityUid(string Type, string Id)
{
    /// <summary>Cedar syntax, <c>Type::"id"</c>, with escapes where needed.</summary>
    public override string ToString() => $"{Type}::{Syntax.CedarString.Quote(Id)}";
}
