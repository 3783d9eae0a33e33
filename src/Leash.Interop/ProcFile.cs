using System.Buffers.Text;
using System.Text;

namespace Leash.Interop;

/// <summary>Reads small procfs files of a process.</summary>
internal static unsafe class ProcFile
{
    private const int Capacity = 8192;

    /// <summary>Reads the file into the span; returns the byte count or minus an errno.</summary>
    public static int Read(int pid, ReadOnlySpan<byte> suffix, Span<byte> destination)
    {
        Span<byte> path = stackalloc byte[64];
        ProcPath.Write(path, "/proc/"u8, pid, suffix);
        int fd = FileCalls.OpenAt(Kernel.AtFdCwd, path, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
        if (fd < 0)
        {
            return fd;
        }

        int total = 0;
        long count = 0;

        // SAFETY: reads stay within the span.
        fixed (byte* pointer = destination)
        {
            while (total < destination.Length
                && (count = Kernel.Call(SyscallNumber.read, fd, (nint)(pointer + total), destination.Length - total)) > 0)
            {
                total += (int)count;
            }
        }

        Kernel.Close(fd);
        return count < 0 ? (int)count : total;
    }

    /// <summary>What a process executes; empty when that is not known. The span belongs to <paramref name="destination"/>.</summary>
    public static ReadOnlySpan<byte> Executable(int pid, Span<byte> destination)
    {
        Span<byte> path = stackalloc byte[64];
        ProcPath.Write(path, "/proc/"u8, pid, "/exe"u8);

        // SAFETY: both are pinned for the call, the path is zero-terminated and the result bounded by the span.
        fixed (byte* from = path, to = destination)
        {
            int length = FileCalls.ReadLinkAt(Kernel.AtFdCwd, from, to, destination.Length);
            return destination[..Math.Max(length, 0)];
        }
    }

    /// <summary>The line that starts with these bytes, or null.</summary>
    public static string? FindLine(int pid, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> start)
    {
        Span<byte> content = stackalloc byte[Capacity];
        int length = Read(pid, suffix, content);
        if (length <= 0)
        {
            return null;
        }

        ReadOnlySpan<byte> line = LineOf(content[..length], start);
        return line.IsEmpty ? null : Encoding.ASCII.GetString(line);
    }

    /// <summary>The first line that starts with these bytes; empty when there is none.</summary>
    public static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> content, ReadOnlySpan<byte> start)
    {
        while (!content.IsEmpty)
        {
            int end = content.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
            if (line.StartsWith(start))
            {
                return line;
            }

            content = end < 0 ? default : content[(end + 1)..];
        }

        return default;
    }

    /// <summary>The n-th whitespace-separated decimal number of a line, -1 when missing; negative n counts from the end.</summary>
    public static long Number(ReadOnlySpan<byte> line, int index)
    {
        Span<Range> fields = stackalloc Range[32];
        int count = 0;
        int position = 0;
        while (position < line.Length && count < fields.Length)
        {
            while (position < line.Length && line[position] is (byte)' ' or (byte)'\t')
            {
                position++;
            }

            int start = position;
            while (position < line.Length && line[position] is not ((byte)' ' or (byte)'\t'))
            {
                position++;
            }

            if (position > start)
            {
                fields[count++] = start..position;
            }
        }

        int wanted = index < 0 ? count + index : index;
        return wanted >= 0 && wanted < count && Utf8Parser.TryParse(line[fields[wanted]], out long value, out _) ? value : -1;
    }
}
