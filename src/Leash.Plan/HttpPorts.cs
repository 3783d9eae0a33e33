using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>The ports that a statement tells apart.</summary>
internal static class HttpPorts
{
    private const int MaxPort = 65535;

    /// <summary>A port of each kind: where the answers to its tests change. One, when it has no tests on ports.</summary>
    public static ImmutableArray<int> Of(PlanStatement statement)
    {
        SortedSet<int> ports = [1];
        foreach (var test in statement.Atoms.SelectMany(atom => atom.Tests))
        {
            var (first, last) = test switch
            {
                PlanTest.PortIn range => (range.First, range.Last),
                PlanTest.HostPortIs host => (host.Port, host.Port),
                PlanTest.AddressPortIs address => (address.Port, address.Port),
                _ => (0, 0),
            };
            if (first is > 0)
            {
                ports.Add(first);
            }

            if (last is > 0 and < MaxPort)
            {
                ports.Add(last + 1);
            }
        }

        return [.. ports];
    }
}
