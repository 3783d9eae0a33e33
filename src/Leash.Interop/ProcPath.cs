using System.Buffers.Text;

namespace Leash.Interop;

/// <summary>Writes small procfs paths without allocating.</summary>
internal static class ProcPath
{
    /// <summary>Writes prefix, decimal number, suffix and a terminating zero; returns the length without the zero.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> prefix, int number, ReadOnlySpan<byte> suffix)
    {
        prefix.CopyTo(destination);
        Utf8Formatter.TryFormat(number, destination[prefix.Length..], out int digits);
        int length = prefix.Length + digits;
        suffix.CopyTo(destination[length..]);
        length += suffix.Length;
        destination[length] = 0;
        return length;
    }

    /// <summary>As above with a second number at the end (<c>PID/fd/N</c>).</summary>
    public static int Write(Span<byte> destination, int number, ReadOnlySpan<byte> middle, int last)
    {
        int length = Write(destination, default, number, middle);
        Utf8Formatter.TryFormat(last, destination[length..], out int digits);
        destination[length + digits] = 0;
        return length + digits;
    }
}
