namespace Leash.Enforcement.Exec;

/// <summary>The <c>#!</c> line of a script, read as the kernel's binfmt_script reads it.</summary>
internal static class Shebang
{
    /// <summary>The kernel looks at this many bytes of a file, BINPRM_BUF_SIZE.</summary>
    public const int WindowSize = 256;

    /// <summary>The kernel follows this many interpreters that are scripts themselves before it gives up with ELOOP.</summary>
    public const int MaxDepth = 5;

    /// <summary>
    /// Finds the interpreter and its optional argument in a file's first bytes. False when the file is no script, or its line is one
    /// that the kernel refuses: no interpreter, or one that may be cut off.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> window, out ReadOnlySpan<byte> interpreter, out ReadOnlySpan<byte> argument)
    {
        interpreter = default;
        argument = default;
        if (!window.StartsWith("#!"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> line = window[2..];
        int end = line.IndexOf((byte)'\n');
        int zero = line.IndexOf((byte)0);
        bool isWhole = end >= 0 || window.Length < WindowSize || zero >= 0;
        line = end >= 0 ? line[..end] : line;
        line = line.Trim(" \t"u8);
        int length = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        if (length < 0 && !isWhole)
        {
            // The name may go on beyond the window.
            return false;
        }

        interpreter = length < 0 ? line : line[..length];
        ReadOnlySpan<byte> rest = length < 0 ? default : line[length..].TrimStart(" \t"u8);
        int restEnd = rest.IndexOf((byte)0);
        argument = restEnd < 0 ? rest : rest[..restEnd];
        return !interpreter.IsEmpty;
    }
}
