using System.Collections.Immutable;

namespace Leash.Gateway.Dns;

/// <summary>A parsed message (RFC 1035 §4). Parsing is strict: anything that does not add up to exactly the given bytes is refused.</summary>
internal sealed record DnsMessage(
    ushort Id,
    ushort Flags,
    ImmutableArray<DnsQuestion> Questions,
    ImmutableArray<DnsRecord> Answers,
    ImmutableArray<DnsRecord> Authorities,
    ImmutableArray<DnsRecord> Additionals)
{
    public const int HeaderLength = 12;
    public const ushort FlagResponse = 0x8000;
    public const ushort FlagTruncated = 0x0200;
    public const ushort FlagRecursionDesired = 0x0100;
    public const ushort FlagRecursionAvailable = 0x0080;

    public bool IsResponse => (Flags & FlagResponse) != 0;

    public bool IsTruncated => (Flags & FlagTruncated) != 0;

    public int Opcode => (Flags >> 11) & 0xF;

    public DnsRcode Rcode => (DnsRcode)(Flags & 0xF);

    public static DnsMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new DnsReader(bytes);
        if (!reader.TryReadUInt16(out var id) || !reader.TryReadUInt16(out var flags)
            || !reader.TryReadUInt16(out var questionCount) || !reader.TryReadUInt16(out var answerCount)
            || !reader.TryReadUInt16(out var authorityCount) || !reader.TryReadUInt16(out var additionalCount))
        {
            return null;
        }

        if (!TryReadQuestions(ref reader, questionCount, out var questions)
            || !TryReadRecords(ref reader, answerCount, out var answers)
            || !TryReadRecords(ref reader, authorityCount, out var authorities)
            || !TryReadRecords(ref reader, additionalCount, out var additionals)
            || !reader.AtEnd)
        {
            return null;
        }

        return new DnsMessage(id, flags, questions, answers, authorities, additionals);
    }

    private static bool TryReadQuestions(ref DnsReader reader, int count, out ImmutableArray<DnsQuestion> questions)
    {
        questions = [];
        // The count comes from the wire: the array grows with what is really there.
        var builder = ImmutableArray.CreateBuilder<DnsQuestion>(Math.Min(count, 1));
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class))
            {
                return false;
            }

            builder.Add(new DnsQuestion(name, (DnsType)type, @class));
        }

        questions = builder.DrainToImmutable();
        return true;
    }

    private static bool TryReadRecords(ref DnsReader reader, int count, out ImmutableArray<DnsRecord> records)
    {
        records = [];
        var builder = ImmutableArray.CreateBuilder<DnsRecord>(Math.Min(count, 4));
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(ref reader, out var record))
            {
                return false;
            }

            builder.Add(record);
        }

        records = builder.DrainToImmutable();
        return true;
    }

    private static bool TryReadRecord(ref DnsReader reader, out DnsRecord record)
    {
        record = default;
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class)
            || !reader.TryReadUInt32(out var ttl) || !reader.TryReadUInt16(out var length))
        {
            return false;
        }

        if (!TryReadData(ref reader, (DnsType)type, length, out var data))
        {
            return false;
        }

        record = new DnsRecord(name, (DnsType)type, @class, ttl, data);
        return true;
    }

    private static bool TryReadData(ref DnsReader reader, DnsType type, int length, out byte[] data)
    {
        // Only these types may hold compressed names (RFC 3597 §4), plus SRV, which some servers compress all the same.
        var (prefix, names, suffix) = type switch
        {
            DnsType.CNAME or DnsType.NS or DnsType.PTR or DnsType.DNAME => (0, 1, 0),
            DnsType.MX => (2, 1, 0),
            DnsType.SRV => (6, 1, 0),
            DnsType.SOA => (0, 2, 20),
            DnsType.A => (4, 0, 0),
            DnsType.AAAA => (16, 0, 0),
            _ => (length, 0, 0),
        };

        data = [];
        var end = reader.Position + length;
        if (!reader.TryReadBytes(prefix, out var head))
        {
            return false;
        }

        if (names == 0)
        {
            data = head.ToArray();
            return reader.Position == end;
        }

        var parts = new List<byte>(length + 64);
        parts.AddRange(head);
        for (var i = 0; i < names; i++)
        {
            if (!reader.TryReadName(out var name))
            {
                return false;
            }

            parts.AddRange(name.Wire);
        }

        if (!reader.TryReadBytes(suffix, out var tail) || reader.Position != end)
        {
            return false;
        }

        parts.AddRange(tail);
        data = [.. parts];
        return true;
    }
}
