using System.Collections.Immutable;
using System.Net;
using Leash.Plan;

namespace Leash.Bpf.Tests.Endpoints;

/// <summary>Random statements on endpoints of any shape over few names, ranges and ports; and endpoints near them.</summary>
internal sealed class RandomEndpoints(Random random)
{
    private static readonly string[] s_names = ["a.com", "b.a.com", "c.b.a.com", "evil.org", "xa.com", "localhost"];
    private static readonly string[] s_programs = ["/bin/a", "/bin/b"];
    private static readonly int[] s_ports = [0, 1, 80, 443, 444, 65535];
    private static readonly string[] s_addresses =
        ["10.0.0.5", "10.0.1.5", "10.1.0.0", "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::5", "2001:db8:1::", "fe80::1", "::ffff:10.0.0.5", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];

    private static readonly PlanPattern[] s_patterns =
    [
        new([null]), new([null, ".a.com"]), new([null, "a.com"]), new(["b.", null]), new([null, "vil", null]), new(["evil.org"]), new(["10.", null]),
        new(["10.0.", null]), new(["1", null]), new(["10.0.0.5"]), new(["2001:", null]), new(["2001:db8:1", null]), new(["f", null]), new(["::1"]),
        new([null, ".", null]), new([null, ":", null]), new(["x", null, "m"]),
    ];

    public EnforcementPlan Plan() => new([.. Enumerable.Range(0, random.Next(1, 7)).Select(Statement)]);

    /// <summary>An endpoint, and the names its address is known by.</summary>
    public (EndpointFacts Facts, string[] Names) Request()
    {
        var endpoint = new Endpoint(IPAddress.Parse(Pick(s_addresses)), Pick(s_ports), Pick(TransportProtocol.Tcp, TransportProtocol.Udp), []);
        var address = random.Next(4) switch
        {
            0 => endpoint.Address + 1,
            1 => endpoint.Address - 1,
            _ => endpoint.Address,
        };
        address &= endpoint.IsV4 ? uint.MaxValue : UInt128.MaxValue;
        var isMapped = !endpoint.IsV4 && address >> 32 == 0xffff;
        var lineage = Enumerable.Range(0, random.Next(3)).Select(_ => System.Text.Encoding.UTF8.GetBytes(Pick(s_programs))).ToImmutableArray();
        var principal = lineage.Length == 0 ? PrincipalFacts.Initial : new PrincipalFacts(lineage[^1], lineage);
        return (
            new EndpointFacts(
                principal, Pick(PlanAction.NetworkConnect, PlanAction.NetworkListen), null, endpoint.IsV4 || isMapped, address, endpoint.Port, endpoint.Protocol),
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick(s_names)).Distinct()]);
    }

    private PlanStatement Statement(int number)
    {
        var atoms = Enumerable.Range(0, random.Next(4)).Select(_ => Atom()).ToImmutableArray();
        var table = random.Next(3) switch
        {
            0 => TruthTable.All(atoms.Length),
            1 => TruthTable.Create(atoms.Length, row => row != 0),
            _ => TruthTable.Create(atoms.Length, _ => random.Next(2) == 0),
        };
        var actions = random.Next(3) == 0 ? PlanActionMask.Network : Pick(PlanActionMask.NetworkConnect, PlanActionMask.NetworkListen);
        return new PlanStatement($"p{number}", "user", random.Next(3) == 0 ? PlanEffect.Forbid : PlanEffect.Permit, actions, atoms, table);
    }

    private PlanAtom Atom() => random.Next(6) == 0
        ? new PlanAtom([new PlanTest.ExeIs(Pick(s_programs))])
        : new PlanAtom([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Test())]);

    private PlanTest Test() => random.Next(9) switch
    {
        0 => new PlanTest.HostIs(Pick(s_names)),
        1 => new PlanTest.HostUnder(Pick("a.com", "com", "b.a.com", "org")),
        2 or 3 => new PlanTest.HostLike(Pick(s_patterns)),
        4 => new PlanTest.HostPortIs(Pick(s_names), Pick(s_ports.AsSpan(1))),
        5 => new PlanTest.AddressIn(Range()),
        6 => new PlanTest.AddressPortIs(Range(), Pick(s_ports.AsSpan(1))),
        7 => new PlanTest.PortIn(Pick(s_ports), Pick(s_ports)),
        _ => new PlanTest.ProtocolIs(Pick(TransportProtocol.Tcp, TransportProtocol.Udp)),
    };

    private Cidr Range()
    {
        var endpoint = new Endpoint(IPAddress.Parse(Pick(s_addresses)), 0, default, []);
        var length = endpoint.IsV4 ? Pick(0, 7, 8, 16, 24, 31, 32) : Pick(0, 3, 16, 32, 48, 64, 127, 128);
        return Cidr.Create(endpoint.IsV4, endpoint.Address, length);
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
