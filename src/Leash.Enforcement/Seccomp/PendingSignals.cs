using System.Buffers.Text;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>Whether a thread would be woken by a signal if it slept in the kernel instead of in its supervisor.</summary>
internal static class PendingSignals
{
    /// <summary>True when a signal is pending that the thread catches and does not block, or when the thread is gone.</summary>
    public static bool HasCaught(int tid)
    {
        Span<byte> content = stackalloc byte[4096];
        int length = ProcFile.Read(tid, "/status"u8, content);
        if (length <= 0)
        {
            return true;
        }

        ReadOnlySpan<byte> status = content[..length];
        ulong pending = Mask(status, "SigPnd:"u8) | Mask(status, "ShdPnd:"u8);
        return (pending & ~Mask(status, "SigBlk:"u8) & Mask(status, "SigCgt:"u8)) != 0;
    }

    private static ulong Mask(ReadOnlySpan<byte> status, ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> line = ProcFile.LineOf(status, row);
        return !line.IsEmpty && Utf8Parser.TryParse(line[row.Length..].TrimStart((byte)'\t'), out ulong mask, out _, 'X') ? mask : 0;
    }
}
