using System.Buffers.Binary;

namespace Leash.Enforcement.Filter;

/// <summary>
/// Assembles classic BPF (linux/filter.h). Conditions skip one instruction and far targets are reached by unconditional jumps, whose
/// offset has 32 bits where a condition's has 8.
/// </summary>
internal sealed class FilterAssembler
{
    private const ushort LoadWord = 0x20;
    private const ushort Jump = 0x05;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort JumpAnyBit = 0x45;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;
    private const int InstructionSize = 8;

    private readonly List<(ushort Code, byte IfTrue, byte IfFalse, uint K)> _code = [];
    private readonly List<(int At, int Label)> _fixups = [];
    private readonly List<int> _labels = [];

    public int Count => _code.Count;

    public int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    public void Mark(int label) => _labels[label] = _code.Count;

    public void Load(int offset) => Add(LoadWord, (uint)offset);

    public void Mask(uint mask) => Add(And, mask);

    public void Ret(uint action) => Add(Return, action);

    public void GoTo(int label)
    {
        _fixups.Add((_code.Count, label));
        Add(Jump, 0);
    }

    public void IfEqual(uint value, int label) => Branch(JumpEqual, value, label);

    public void IfAtLeast(uint value, int label) => Branch(JumpGreaterOrEqual, value, label);

    public void IfAnyBit(uint bits, int label) => Branch(JumpAnyBit, bits, label);

    /// <summary>The program as an array of <c>struct sock_filter</c>, in the byte order of the machine (little-endian on both architectures).</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_code.Count * InstructionSize];
        foreach ((int at, int label) in _fixups)
        {
            (ushort code, byte ifTrue, byte ifFalse, _) = _code[at];
            _code[at] = (code, ifTrue, ifFalse, (uint)(_labels[label] - at - 1));
        }

        for (int i = 0; i < _code.Count; i++)
        {
            Span<byte> slot = bytes.AsSpan(i * InstructionSize);
            BinaryPrimitives.WriteUInt16LittleEndian(slot, _code[i].Code);
            slot[2] = _code[i].IfTrue;
            slot[3] = _code[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], _code[i].K);
        }

        return bytes;
    }

    private void Branch(ushort code, uint value, int label)
    {
        _code.Add((code, 0, 1, value));
        GoTo(label);
    }

    private void Add(ushort code, uint k) => _code.Add((code, 0, 0, k));
}
