using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>A host: a name, or an address.</summary>
/// <param name="Name">Lower case, no trailing dot; null for an address.</param>
/// <param name="Address">The range of just that address; without meaning for a name.</param>
public readonly record struct HttpHost(string? Name, Cidr Address)
{
    public bool IsAddress => Name is null;

    /// <summary>As in a URL: IPv6 in brackets.</summary>
    public override string ToString() => Name ?? (Address.IsV4 ? Address.ToString() : $"[{Address}]");
}
