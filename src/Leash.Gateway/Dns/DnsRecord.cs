using System.Net;

namespace Leash.Gateway.Dns;

/// <summary>What a query asks for.</summary>
internal readonly record struct DnsQuestion(DnsName Name, DnsType Type, ushort Class)
{
    public const ushort ClassIn = 1;
}

/// <summary>
/// One resource record. <paramref name="Data"/> never holds compressed names: the parser writes them out, so a record can be put into another message.
/// </summary>
/// <param name="Name">Owner.</param>
/// <param name="Type">Type.</param>
/// <param name="Class">Class, or the payload size for OPT.</param>
/// <param name="Ttl">Seconds, or the extended flags for OPT.</param>
/// <param name="Data">Record data without compression.</param>
internal readonly record struct DnsRecord(DnsName Name, DnsType Type, ushort Class, uint Ttl, byte[] Data)
{
    /// <summary>PRECONDITION: the type is one whose data is a single name (CNAME, NS, PTR, DNAME).</summary>
    public DnsName Target => new(Data);

    /// <summary>PRECONDITION: the type is A or AAAA; the parser has checked the length.</summary>
    public IPAddress Address => new(Data);

    public static DnsRecord ForAddress(DnsName name, IPAddress address, uint ttl)
    {
        var bytes = address.GetAddressBytes();
        return new DnsRecord(name, bytes.Length == 4 ? DnsType.A : DnsType.AAAA, DnsQuestion.ClassIn, ttl, bytes);
    }

    public static DnsRecord ForPointer(DnsName name, DnsName target, uint ttl) =>
        new(name, DnsType.PTR, DnsQuestion.ClassIn, ttl, target.Wire.ToArray());
}
