namespace Leash.Sessions;

/// <summary>One <c>-v source:target[:ro]</c>: absolute paths that exist.</summary>
internal sealed record BindMount(string Source, string Target, bool ReadOnly);
