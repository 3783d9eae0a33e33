namespace Leash.Gateway.Dns;

/// <summary>Record types that the resolver has an opinion on; others are forwarded as numbers (IANA DNS parameters).</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
    DNAME = 39,
    OPT = 41,
    SVCB = 64,
    HTTPS = 65,
    TKEY = 249,
    TSIG = 250,
    IXFR = 251,
    AXFR = 252,
    MAILB = 253,
    MAILA = 254,
    ANY = 255,
}

/// <summary>Response codes (RFC 1035 §4.1.1, RFC 6891 §6.1.3); above 15 they need EDNS.</summary>
public enum DnsRcode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// <summary>Extended error codes sent to clients that speak EDNS (RFC 8914).</summary>
public enum DnsExtendedError
{
    None = 0,
    Blocked = 15,
    Filtered = 17,
    NoReachableAuthority = 22,
}

/// <summary>Names of codes for people and audit records.</summary>
public static class DnsTypeNames
{
    /// <summary>The mnemonic, or <c>TYPEn</c> (RFC 3597 §5).</summary>
    public static string ToMnemonic(this DnsType type) => type switch
    {
        DnsType.A => "A",
        DnsType.NS => "NS",
        DnsType.CNAME => "CNAME",
        DnsType.SOA => "SOA",
        DnsType.PTR => "PTR",
        DnsType.MX => "MX",
        DnsType.TXT => "TXT",
        DnsType.AAAA => "AAAA",
        DnsType.SRV => "SRV",
        DnsType.DNAME => "DNAME",
        DnsType.OPT => "OPT",
        DnsType.SVCB => "SVCB",
        DnsType.HTTPS => "HTTPS",
        DnsType.TKEY => "TKEY",
        DnsType.TSIG => "TSIG",
        DnsType.IXFR => "IXFR",
        DnsType.AXFR => "AXFR",
        DnsType.MAILB => "MAILB",
        DnsType.MAILA => "MAILA",
        DnsType.ANY => "ANY",
        // An open set: any 16-bit number is a type on the wire.
        _ => "TYPE" + ((int)type).ToString(),
    };
}
