using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Interop.Libbpf;

/// <summary>The last 64 KiB of what libbpf says on a thread, which include the verifier's log.</summary>
internal static unsafe partial class LibbpfLog
{
    public const int Capacity = 64 * 1024;
    private const int LIBBPF_DEBUG = 2;

    [ThreadStatic]
    private static StringBuilder? t_text;

    private static volatile bool s_isInstalled;

    /// <summary>Forgets what was said so far, before an operation whose failure is to be explained.</summary>
    public static void Clear()
    {
        if (!s_isInstalled)
        {
            LibbpfCalls.libbpf_set_print(&Print);
            s_isInstalled = true;
        }

        t_text?.Clear();
    }

    /// <summary>What was said since, and forgets it.</summary>
    public static string Take()
    {
        string text = t_text?.ToString().TrimEnd() ?? "";
        t_text?.Clear();
        return text;
    }

    private static void Append(string text)
    {
        StringBuilder all = t_text ??= new StringBuilder();
        all.Append(text.AsSpan(Math.Max(0, text.Length - Capacity)));
        if (all.Length > Capacity)
        {
            all.Remove(0, all.Length - Capacity);
        }
    }

    // KERNEL: a va_list is passed as an address on x86-64 and on AArch64, so it can be handed on as one.
    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= LIBBPF_DEBUG)
        {
            return 0;
        }

        byte* text = null;
        try
        {
            // SAFETY: format and arguments are as libbpf gave them; the text is freed below.
            if (vasprintf(&text, format, arguments) >= 0)
            {
                Append(Marshal.PtrToStringUTF8((nint)text) ?? "");
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or EntryPointNotFoundException)
        {
            // A lost line of the log; no exception may cross libbpf's frames.
            return 0;
        }
        finally
        {
            NativeMemory.Free(text);
        }

        return 0;
    }

    [LibraryImport("libc")]
    private static partial int vasprintf(byte** text, byte* format, nint arguments);
}
