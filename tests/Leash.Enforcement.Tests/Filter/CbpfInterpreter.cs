using System.Buffers.Binary;

namespace Leash.Enforcement.Tests.Filter;

/// <summary>Runs a seccomp filter on system call data: the few instructions that filters of ours use.</summary>
internal static class CbpfInterpreter
{
    public static uint Run(byte[] program, int number, uint arch, params ulong[] arguments)
    {
        byte[] data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), arch);
        for (int i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        uint accumulator = 0;
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> slot = program.AsSpan(at * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(slot);
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]);
            at++;
            switch (code)
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)k));
                    break;
                case 0x54:
                    accumulator &= k;
                    break;
                case 0x05:
                    at += (int)k;
                    break;
                case 0x15:
                    at += accumulator == k ? slot[2] : slot[3];
                    break;
                case 0x35:
                    at += accumulator >= k ? slot[2] : slot[3];
                    break;
                case 0x45:
                    at += (accumulator & k) != 0 ? slot[2] : slot[3];
                    break;
                case 0x06:
                    return k;
                default:
                    throw new InvalidOperationException($"instruction {code:x}");
            }
        }
    }
}
