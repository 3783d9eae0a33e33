using System.Buffers.Binary;
using System.Net;

namespace Leash.Gateway.Tests.Dns;

/// <summary>Builds messages byte by byte, independently of the product's writer.</summary>
internal sealed class Wire
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public static Wire Header(int id, int flags, int questions, int answers = 0, int authorities = 0, int additionals = 0) =>
        new Wire().U16(id).U16(flags).U16(questions).U16(answers).U16(authorities).U16(additionals);

    public static byte[] Query(string name, int type, int id = 7, bool edns = false, int payload = 1232, byte[]? options = null)
    {
        var wire = Header(id, 0x0100, 1, additionals: edns ? 1 : 0).Name(name).U16(type).U16(1);
        return edns ? wire.Opt(payload, options).ToArray() : wire.ToArray();
    }

    public Wire U8(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public Wire U16(int value) => U8(value >> 8).U8(value & 0xFF);

    public Wire U32(uint value) => U16((int)(value >> 16)).U16((int)(value & 0xFFFF));

    public Wire Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Wire Name(string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            U8(label.Length);
            _bytes.AddRange(label.Select(c => (byte)c));
        }

        return U8(0);
    }

    public Wire Pointer(int target) => U16(0xC000 | target);

    public Wire Record(string name, int type, uint ttl, byte[] data) => Name(name).U16(type).U16(1).U32(ttl).U16(data.Length).Raw(data);

    public Wire Address(string name, string address, uint ttl = 30)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return Record(name, bytes.Length == 4 ? 1 : 28, ttl, bytes);
    }

    public Wire Alias(string name, string target) => Record(name, 5, 30, new Wire().Name(target).ToArray());

    public Wire Opt(int payload, byte[]? options = null) => U8(0).U16(41).U16(payload).U32(0).U16(options?.Length ?? 0).Raw(options ?? []);

    public byte[] ToArray() => [.. _bytes];

    public static int Rcode(byte[] reply) => reply[3] & 0xF;

    public static int AnswerCount(byte[] reply) => BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(6));
}
