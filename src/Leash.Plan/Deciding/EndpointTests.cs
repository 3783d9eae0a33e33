namespace Leash.Plan.Deciding;

/// <summary>Tests on endpoints, made one by one.</summary>
internal static class EndpointTests
{
    /// <summary>What patterns on the host are compared with.</summary>
    public static string TextOf(in Endpoint endpoint, string? name) => name ?? Cidr.FormatAddress(endpoint.IsV4, endpoint.Address);

    /// <summary>A test on port or transport.</summary>
    public static bool HoldsScalar(PlanTest test, in Endpoint endpoint) => test switch
    {
        PlanTest.PortIn ports => endpoint.Port >= ports.First && endpoint.Port <= ports.Last,
        PlanTest.ProtocolIs protocol => endpoint.Protocol == protocol.Protocol,
        _ => false,
    };

    /// <summary>Any test, of an endpoint known by this name, or by number only when null.</summary>
    public static bool Holds(PlanTest test, in Endpoint endpoint, string? name) => test switch
    {
        PlanTest.HostIs host => name == host.Name,
        PlanTest.HostPortIs host => endpoint.Port == host.Port && name == host.Name,
        PlanTest.HostUnder host => name is not null && IsUnder(name, host.Suffix),
        PlanTest.HostLike like => like.Pattern.Matches(System.Text.Encoding.UTF8.GetBytes(TextOf(endpoint, name))),
        PlanTest.AddressIn address => address.Range.Contains(endpoint.IsV4, endpoint.Address),
        PlanTest.AddressPortIs address => endpoint.Port == address.Port && address.Range.Contains(endpoint.IsV4, endpoint.Address),
        _ => HoldsScalar(test, endpoint),
    };

    private static bool IsUnder(string name, string suffix) =>
        name.Length > suffix.Length && name[^(suffix.Length + 1)] == '.' && name.EndsWith(suffix, StringComparison.Ordinal);
}
