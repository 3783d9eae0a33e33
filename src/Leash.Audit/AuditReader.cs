namespace Leash.Audit;

/// <summary>A line as it is in the file.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Bytes">Without the line feed.</param>
/// <param name="IsTerminated">Whether a line feed follows; only the last line can lack it.</param>
public readonly record struct AuditLogLine(int Number, byte[] Bytes, bool IsTerminated);

/// <summary>Reads logs. Lines are limited, so that a file that is no log cannot fill memory.</summary>
public static class AuditReader
{
    /// <summary>The longest line, in bytes; no record can be longer than its paths (4 KiB each, escaped) and arguments make it.</summary>
    public const int MaxLine = 1 << 20;

    /// <summary>The lines of a log, in order.</summary>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="MaxLine"/>.</exception>
    public static IEnumerable<AuditLogLine> ReadLines(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var start = 0;
        var length = 0;
        var number = 0;
        while (true)
        {
            var end = Array.IndexOf(buffer, (byte)'\n', start, length - start);
            if (end >= 0)
            {
                yield return new AuditLogLine(++number, buffer[start..end], IsTerminated: true);
                start = end + 1;
                continue;
            }

            (buffer, length) = MakeRoom(buffer, start, length);
            start = 0;
            var read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        if (length > start)
        {
            yield return new AuditLogLine(++number, buffer[start..length], IsTerminated: false);
        }
    }

    /// <summary>The entries of a log; lines that are none are left out (<see cref="AuditVerifier"/> names them).</summary>
    public static IEnumerable<AuditEntry> ReadEntries(Stream stream)
    {
        foreach (var line in ReadLines(stream))
        {
            if (AuditEntry.TryParse(line.Bytes, line.Number) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private static (byte[] Buffer, int Length) MakeRoom(byte[] buffer, int start, int length)
    {
        var rest = length - start;
        if (rest > MaxLine)
        {
            throw new InvalidDataException($"a line is longer than {MaxLine} bytes: this is not an audit log");
        }

        var target = rest > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, rest);
        return (target, rest);
    }
}
