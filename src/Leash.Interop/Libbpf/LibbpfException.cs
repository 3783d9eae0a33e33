using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

/// <summary>libbpf or the kernel refused something.</summary>
internal sealed class LibbpfException : Exception
{
    private const int LibbpfErrorStart = 4000;

    public LibbpfException(string message) : base(message) => Operation = message;

    /// <param name="operation">What was tried: <c>load leash_test</c>.</param>
    /// <param name="errno">The kernel's or libbpf's number, positive.</param>
    /// <param name="log">What libbpf and the verifier said about it, or nothing.</param>
    public LibbpfException(string operation, int errno, string? log = null)
        : base($"cannot {operation}: {Describe(errno)}{(string.IsNullOrEmpty(log) ? "" : "\n" + log)}") =>
        (Operation, Errno, Log) = (operation, errno, log);

    /// <summary>What was tried.</summary>
    public string Operation { get; }

    /// <summary>Positive; 0 when the library itself is missing.</summary>
    public int Errno { get; }

    /// <summary>The end of libbpf's and the verifier's log.</summary>
    public string? Log { get; }

    public static unsafe string Describe(int errno)
    {
        if (errno < LibbpfErrorStart)
        {
            return Marshal.GetPInvokeErrorMessage(errno);
        }

        byte* text = stackalloc byte[256];

        // SAFETY: libbpf writes at most 256 bytes and ends them with a zero.
        _ = LibbpfCalls.libbpf_strerror(errno, text, 256);
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}
