using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>Translates one Cedar operation between a fact and a literal into the tests of which any must hold; none for never.</summary>
internal static class TestFactory
{
    private const int MaxPort = 65535;

    /// <summary>Tests for <c>fact == value</c>; null when the value has another kind than the fact ever has.</summary>
    public static PlanTest[]? Equal(Fact fact, Value value, RequestShape shape) => (fact, value) switch
    {
        (Fact.Resource, EntityValue entity) => ResourceIs(entity.Uid, shape),
        (Fact.Path, StringValue s) => PathText.IsCanonical(System.Text.Encoding.UTF8.GetBytes(s.Value)) ? [new PlanTest.PathIs(s.Value)] : [],
        (Fact.FileName, StringValue s) => [new PlanTest.NameIs(s.Value)],
        (Fact.HostText, StringValue s) => [new PlanTest.HostLike(new PlanPattern([s.Value]))],
        (Fact.Exe, StringValue s) => [new PlanTest.ExeIs(s.Value)],
        (Fact.Port, LongValue n) => PortsBetween(n.Value, n.Value),
        (Fact.Protocol, StringValue s) => ProtocolOf(s.Value) is { } protocol ? [new PlanTest.ProtocolIs(protocol)] : [],
        (Fact.Address, IPAddressValue ip) => ip.Prefix == ip.Bits ? [new PlanTest.AddressIn(RangeOf(ip))] : [],
        (Fact.Argv0, StringValue s) => [new PlanTest.Argv0Is(s.Value)],
        (Fact.Interpreter, StringValue s) => [new PlanTest.InterpreterIs(s.Value)],
        (Fact.DnsType, StringValue s) => [new PlanTest.DnsTypeIs(s.Value)],
        (_, StringValue s) when fact.HttpTextOf() is { } text => [new PlanTest.HttpTextIs(text, s.Value)],
        _ => null,
    };

    /// <summary>Tests for <c>fact like pattern</c>; null when that is not a test that enforcers make.</summary>
    public static PlanTest[]? Like(Fact fact, Pattern pattern) => fact switch
    {
        Fact.Path => [new PlanTest.PathLike(Convert(pattern))],
        Fact.FileName => [new PlanTest.NameLike(Convert(pattern))],
        Fact.HostText => [new PlanTest.HostLike(Convert(pattern))],
        Fact.Exe => [new PlanTest.ExeLike(Convert(pattern))],
        Fact.Argv0 => [new PlanTest.Argv0Like(Convert(pattern))],
        Fact.Interpreter => [new PlanTest.InterpreterLike(Convert(pattern))],
        Fact.Protocol => [.. Enum.GetValues<TransportProtocol>().Where(p => pattern.Matches(NameOf(p))).Select(p => new PlanTest.ProtocolIs(p))],
        Fact.Resource or Fact.Port or Fact.Address or Fact.DnsType => null,
        Fact.HttpMethod or Fact.HttpPath or Fact.HttpQuery or Fact.HttpScheme or Fact.RewriteHeader or Fact.RewriteValue
            or Fact.RewriteOperation => [new PlanTest.HttpTextLike(fact.HttpTextOf()!.Value, Convert(pattern))],
    };

    /// <summary>Tests for a comparison of the port, with the port on the left.</summary>
    public static PlanTest[] ComparePort(BinaryOperator comparison, long number)
    {
        number = Math.Clamp(number, -1, MaxPort + 1);
        return comparison switch
        {
            BinaryOperator.Less => PortsBetween(0, number - 1),
            BinaryOperator.LessOrEqual => PortsBetween(0, number),
            BinaryOperator.Greater => PortsBetween(number + 1, MaxPort),
            _ => PortsBetween(number, MaxPort),
        };
    }

    /// <summary>Tests for <c>resource in entity</c>; <paramref name="isAlways"/> when every resource of the shape is.</summary>
    public static PlanTest[] ResourceIn(EntityUid entity, RequestShape shape, out bool isAlways)
    {
        isAlways = entity is { Type: "Host", Id: "*" } && Vocabulary.ResourceTypeOf(shape) == "Host";
        return (entity.Type, shape) switch
        {
            ("File", _) when Vocabulary.HasPath(shape) => [new PlanTest.PathIs(entity.Id)],
            ("Dir", _) when Vocabulary.HasPath(shape) => [new PlanTest.PathUnder(entity.Id)],
            ("Host", _) when Vocabulary.ResourceTypeOf(shape) == "Host" && EntityIds.ReadHost(entity.Id).Host is { } host => HostTests(host, shape),
            ("Cidr", _) when Vocabulary.HasEndpoint(shape) && EntityIds.ReadCidr(entity.Id).Range is { } range => [new PlanTest.AddressIn(range)],
            _ => [],
        };
    }

    /// <summary>Tests for a method of <c>ipaddr</c> without arguments; null when there is no such method.</summary>
    public static PlanTest[]? AddressMethod(string method) => method switch
    {
        "isIpv4" => [new PlanTest.AddressIn(new Cidr(true, 0, 0))],
        "isIpv6" => [new PlanTest.AddressIn(new Cidr(false, 0, 0))],
        "isLoopback" => [new PlanTest.AddressIn(new Cidr(true, 0x7f00_0000, 8)), new PlanTest.AddressIn(new Cidr(false, 1, 128))],
        "isMulticast" =>
            [new PlanTest.AddressIn(new Cidr(true, 0xe000_0000, 4)), new PlanTest.AddressIn(new Cidr(false, (UInt128)0xff << 120, 8))],
        _ => null,
    };

    public static Cidr RangeOf(IPAddressValue ip) => Cidr.Create(!ip.IsV6, ip.Address, ip.Prefix);

    public static string NameOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
    };

    private static TransportProtocol? ProtocolOf(string name) => name switch
    {
        "tcp" => TransportProtocol.Tcp,
        "udp" => TransportProtocol.Udp,
        _ => null,
    };

    private static PlanTest[] PortsBetween(long first, long last)
    {
        first = Math.Max(first, 0);
        last = Math.Min(last, MaxPort);
        return first <= last ? [new PlanTest.PortIn((int)first, (int)last)] : [];
    }

    private static PlanTest[] ResourceIs(EntityUid entity, RequestShape shape) => (entity.Type, shape) switch
    {
        ("File", _) when Vocabulary.HasPath(shape) => [new PlanTest.PathIs(entity.Id)],
        ("Host", _) when Vocabulary.ResourceTypeOf(shape) == "Host" && EntityIds.ReadHost(entity.Id).Host is { Form: HostForm.Name } host =>
            [new PlanTest.HostIs(host.Name)],
        _ => [],
    };

    private static PlanTest[] HostTests(HostId host, RequestShape shape) => (host.Form, shape) switch
    {
        (HostForm.Wildcard, _) => [new PlanTest.HostUnder(host.Name)],
        (HostForm.Name, _) => [new PlanTest.HostIs(host.Name)],
        (HostForm.NameAndPort, _) when Vocabulary.HasEndpoint(shape) => [new PlanTest.HostPortIs(host.Name, host.Port)],
        (HostForm.Address, _) when Vocabulary.HasEndpoint(shape) => [new PlanTest.AddressIn(host.Address)],
        (HostForm.AddressAndPort, _) when Vocabulary.HasEndpoint(shape) => [new PlanTest.AddressPortIs(host.Address, host.Port)],
        _ => [],
    };

    public static PlanPattern Convert(Pattern pattern) => new(pattern.Elements.Select(element => element.Literal));
}
