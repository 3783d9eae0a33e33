namespace Leash.Bpf.Probing;

/// <summary>Instructions of the programs that the probes make by hand (<c>struct bpf_insn</c>, linux/bpf.h).</summary>
internal static class Instructions
{
    public const int R0 = 0;
    public const int R1 = 1;
    public const int R2 = 2;
    public const int R3 = 3;
    public const int R10 = 10;

    private const int BPF_PSEUDO_MAP_FD = 1;

    public static ulong Exit => 0x95;

    public static ulong Set(int register, int value) => Make(0xb7, register, 0, 0, value);

    public static ulong Copy(int to, int from) => Make(0xbf, to, from, 0, 0);

    public static ulong Add(int register, int value) => Make(0x07, register, 0, 0, value);

    public static ulong Call(int helper) => Make(0x85, 0, 0, 0, helper);

    /// <summary>Skips so many instructions when the register is 0.</summary>
    public static ulong SkipIfZero(int register, short count) => Make(0x15, register, 0, count, 0);

    public static ulong StoreWord(int register, short offset, int value) => Make(0x62, register, 0, offset, value);

    public static ulong LoadWord(int to, int from, short offset) => Make(0x61, to, from, offset, 0);

    /// <summary>Adds a register to a 64-bit number in memory, atomically.</summary>
    public static ulong AtomicAdd(int to, int from) => Make(0xdb, to, from, 0, 0);

    public static ulong[] SetLong(int register, ulong value) =>
        [Make(0x18, register, 0, 0, unchecked((int)value)), Make(0, 0, 0, 0, (int)(value >> 32))];

    public static ulong[] SetMap(int register, int descriptor) => [Make(0x18, register, BPF_PSEUDO_MAP_FD, 0, descriptor), 0];

    private static ulong Make(byte code, int destination, int source, short offset, int immediate) =>
        code | ((ulong)(uint)(destination | (source << 4)) << 8) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);
}
