using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Leash.Gateway.Dns;

/// <summary>What to answer to one query.</summary>
internal readonly record struct DnsReply(DnsRcode Rcode, IReadOnlyList<DnsRecord> Answers, IReadOnlyList<DnsRecord> Authorities, DnsExtendedError Error, string? ErrorText)
{
    public static DnsReply Empty(DnsRcode rcode) => new(rcode, [], [], DnsExtendedError.None, null);

    public static DnsReply Of(IReadOnlyList<DnsRecord> answers) => new(DnsRcode.NoError, answers, [], DnsExtendedError.None, null);

    public static DnsReply Failed(DnsRcode rcode, DnsExtendedError error, string text) => new(rcode, [], [], error, text);
}

/// <summary>Serializes queries for upstream servers and replies for clients.</summary>
internal static class DnsWriter
{
    /// <summary>Payload size offered in both directions: fits the IPv6 minimum MTU, so answers are never fragmented (DNS flag day 2020).</summary>
    public const ushort PayloadSize = 1232;

    public const int MaxTcpLength = 65535;

    private const ushort OptionExtendedError = 15;
    private const ushort PointerToQuestion = 0xC000 | DnsMessage.HeaderLength;

    public static byte[] WriteQuery(ushort id, DnsQuestion question, bool edns)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        WriteHeader(buffer, id, DnsMessage.FlagRecursionDesired, 1, 0, 0, edns ? 1 : 0);
        WriteQuestion(buffer, question);
        if (edns)
        {
            WriteOpt(buffer, DnsRcode.NoError, DnsExtendedError.None, null);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the reply to <paramref name="query"/>; what exceeds <paramref name="limit"/> bytes becomes an empty truncated reply, so that the client asks over TCP.</summary>
    public static byte[] WriteReply(DnsMessage query, bool edns, in DnsReply reply, int limit)
    {
        var bytes = WriteReply(query, edns, reply, truncated: false);
        return bytes.Length <= limit ? bytes : WriteReply(query, edns, reply with { Answers = [], Authorities = [], ErrorText = null }, truncated: true);
    }

    /// <summary>The reply to bytes whose question cannot be read: header only.</summary>
    public static byte[] WriteFormatError(ushort id)
    {
        var buffer = new ArrayBufferWriter<byte>(DnsMessage.HeaderLength);
        WriteHeader(buffer, id, DnsMessage.FlagResponse | DnsMessage.FlagRecursionAvailable | (int)DnsRcode.FormatError, 0, 0, 0, 0);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] WriteReply(DnsMessage query, bool edns, in DnsReply reply, bool truncated)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var flags = DnsMessage.FlagResponse | DnsMessage.FlagRecursionAvailable | (query.Flags & DnsMessage.FlagRecursionDesired)
            | (truncated ? DnsMessage.FlagTruncated : 0) | (query.Opcode << 11) | ((int)reply.Rcode & 0xF);
        WriteHeader(buffer, query.Id, flags, query.Questions.Length, reply.Answers.Count, reply.Authorities.Count, edns ? 1 : 0);
        foreach (var question in query.Questions)
        {
            WriteQuestion(buffer, question);
        }

        foreach (var record in reply.Answers)
        {
            WriteRecord(buffer, record, query.Questions);
        }

        foreach (var record in reply.Authorities)
        {
            WriteRecord(buffer, record, query.Questions);
        }

        if (edns)
        {
            WriteOpt(buffer, reply.Rcode, reply.Error, reply.ErrorText);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteHeader(ArrayBufferWriter<byte> buffer, ushort id, int flags, int questions, int answers, int authorities, int additionals)
    {
        WriteUInt16(buffer, id);
        WriteUInt16(buffer, flags);
        WriteUInt16(buffer, questions);
        WriteUInt16(buffer, answers);
        WriteUInt16(buffer, authorities);
        WriteUInt16(buffer, additionals);
    }

    private static void WriteQuestion(ArrayBufferWriter<byte> buffer, DnsQuestion question)
    {
        // The name keeps the client's letter case: some clients check it (draft-vixie-dnsext-dns0x20).
        buffer.Write(question.Name.Wire);
        WriteUInt16(buffer, (int)question.Type);
        WriteUInt16(buffer, question.Class);
    }

    private static void WriteRecord(ArrayBufferWriter<byte> buffer, in DnsRecord record, IReadOnlyList<DnsQuestion> questions)
    {
        if (questions.Count > 0 && record.Name == questions[0].Name && !record.Name.IsRoot)
        {
            WriteUInt16(buffer, PointerToQuestion);
        }
        else
        {
            buffer.Write(record.Name.Wire);
        }

        WriteUInt16(buffer, (int)record.Type);
        WriteUInt16(buffer, record.Class);
        WriteUInt32(buffer, record.Ttl);
        WriteUInt16(buffer, record.Data.Length);
        buffer.Write(record.Data);
    }

    private static void WriteOpt(ArrayBufferWriter<byte> buffer, DnsRcode rcode, DnsExtendedError error, string? text)
    {
        buffer.Write(DnsName.Root.Wire);
        WriteUInt16(buffer, (int)DnsType.OPT);
        WriteUInt16(buffer, PayloadSize);
        WriteUInt32(buffer, (uint)rcode >> 4 << 24);
        if (error == DnsExtendedError.None)
        {
            WriteUInt16(buffer, 0);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        WriteUInt16(buffer, 6 + bytes.Length);
        WriteUInt16(buffer, OptionExtendedError);
        WriteUInt16(buffer, 2 + bytes.Length);
        WriteUInt16(buffer, (int)error);
        buffer.Write(bytes);
    }

    private static void WriteUInt16(ArrayBufferWriter<byte> buffer, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.GetSpan(2), (ushort)value);
        buffer.Advance(2);
    }

    private static void WriteUInt32(ArrayBufferWriter<byte> buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }
}
