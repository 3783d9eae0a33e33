using System.Buffers.Binary;
using System.Text;

namespace Leash.Bpf.Tests.Abi;

/// <summary>The structs of an ELF object's type information (Documentation/bpf/btf.rst): just what comparing layouts needs.</summary>
internal sealed class Btf
{
    private const int KindArray = 3;
    private const int KindStruct = 4;
    private const int KindUnion = 5;

    private readonly List<BtfType> _types = [new(0, 0, "", 0, [], 0, 0)];

    private Btf(ReadOnlySpan<byte> section)
    {
        int header = Word(section, 4);
        ReadOnlySpan<byte> types = section.Slice(header + Word(section, 8), Word(section, 12));
        ReadOnlySpan<byte> strings = section.Slice(header + Word(section, 16), Word(section, 20));
        while (types.Length > 0)
        {
            types = types[Add(types, strings)..];
        }
    }

    /// <summary>All structs with a name.</summary>
    public IEnumerable<AbiStruct> Structs => _types.Where(t => t.Kind == KindStruct && t.Name.Length > 0)
        .Select(t => new AbiStruct(t.Name, t.Size, [.. t.Members.Select(m => new AbiField(m.Name, m.BitOffset / 8, SizeOf(m.Type)))]));

    public static Btf Read(ReadOnlySpan<byte> elf)
    {
        ReadOnlySpan<byte> sections = elf[(int)BinaryPrimitives.ReadInt64LittleEndian(elf[40..])..];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf[60..]);
        ReadOnlySpan<byte> names = Section(elf, sections, BinaryPrimitives.ReadUInt16LittleEndian(elf[62..]));
        for (int i = 0; i < count; i++)
        {
            if (Text(names, Word(sections[(i * 64)..], 0)) == ".BTF")
            {
                return new Btf(Section(elf, sections, i));
            }
        }

        throw new InvalidDataException("the object has no .BTF section");
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> elf, ReadOnlySpan<byte> sections, int index) =>
        elf.Slice(Word(sections[(index * 64)..], 24), Word(sections[(index * 64)..], 32));

    private static int Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static string Text(ReadOnlySpan<byte> strings, int offset)
    {
        ReadOnlySpan<byte> rest = strings[offset..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private int Add(ReadOnlySpan<byte> type, ReadOnlySpan<byte> strings)
    {
        int info = Word(type, 4);
        (int kind, int count) = ((info >> 24) & 31, info & 0xffff);
        List<BtfMember> members = [];
        for (int i = 0; kind is KindStruct or KindUnion && i < count; i++)
        {
            ReadOnlySpan<byte> member = type[(12 + (i * 12))..];
            members.Add(new BtfMember(Text(strings, Word(member, 0)), Word(member, 4), Word(member, 8) & 0xffffff));
        }

        (int element, int length) = kind == KindArray ? (Word(type, 12), Word(type, 20)) : (0, 0);
        _types.Add(new BtfType(kind, Word(type, 8), Text(strings, Word(type, 0)), Word(type, 8), members, element, length));
        return 12 + kind switch
        {
            1 or 14 or 17 => 4, // INT, VAR, DECL_TAG
            KindArray => 12,
            KindStruct or KindUnion or 15 or 19 => 12 * count, // DATASEC, ENUM64
            6 or 13 => 8 * count, // ENUM, FUNC_PROTO
            _ => 0,
        };
    }

    private int SizeOf(int id)
    {
        BtfType type = _types[id];
        return type.Kind switch
        {
            2 => 8, // PTR
            KindArray => type.Length * SizeOf(type.Element),
            8 or 9 or 10 or 11 or 18 => SizeOf(type.Target), // TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG
            _ => type.Size,
        };
    }

    private sealed record BtfMember(string Name, int Type, int BitOffset);

    private sealed record BtfType(int Kind, int Size, string Name, int Target, List<BtfMember> Members, int Element, int Length);
}
