using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>Gives the worker the caller's file-creation mask, so that the kernel applies it together with default ACLs.</summary>
internal static class FileMask
{
    [ThreadStatic]
    private static int _current;

    /// <summary>Takes the caller's mask for names that this worker creates from now on; everything off for others when it cannot be read.</summary>
    public static void Take(SyscallContext context)
    {
        Span<byte> content = stackalloc byte[4096];
        int length = ProcFile.Read(context.Tid, "/status"u8, content);
        ReadOnlySpan<byte> line = length > 0 ? ProcFile.LineOf(content[..length], "Umask:"u8) : default;

        // FAIL-CLOSED: unknown means the strictest.
        int mask = line.IsEmpty ? 0x3f : ParseOctal(line[6..]);
        if (mask != _current)
        {
            Kernel.Call(SyscallNumber.umask, mask);
            _current = mask;
        }
    }

    private static int ParseOctal(ReadOnlySpan<byte> text)
    {
        int value = 0;
        foreach (byte digit in text)
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                value = (value * 8) + digit - '0';
            }
        }

        return value;
    }
}
