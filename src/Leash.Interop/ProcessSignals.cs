using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>Signals to ourselves and our group, with dispositions that the runtime does not manage.</summary>
internal static unsafe partial class ProcessSignals
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;

    private const int SigactionSize = 192; // struct sigaction: 152 bytes in glibc and musl

    /// <summary>
    /// Stops this process as job control would: the rest of its group first, then itself by its calling thread, so that the call
    /// returns only after it was continued. In an orphaned group the kernel ignores the signal, and the call returns at once.
    /// </summary>
    public static void StopOurJob(int signal)
    {
        byte* saved = stackalloc byte[SigactionSize];

        // SAFETY: the blocks are larger than the C library's type.
        sigaction(signal, null, saved);
        SetDisposition(signal, 1);
        Kernel.Call(SyscallNumber.kill, 0, signal);
        SetDisposition(signal, 0);
        Kernel.Call(
            SyscallNumber.tgkill, (nint)Kernel.Call(SyscallNumber.getpid), (nint)Kernel.Call(SyscallNumber.gettid), signal);
        sigaction(signal, saved, null);
    }

    /// <summary>Ignores a signal.</summary>
    public static void Ignore(int signal) => SetDisposition(signal, 1);

    public static int OurGroup => (int)Kernel.Call(SyscallNumber.getpgid, 0);

    private static void SetDisposition(int signal, nint handler)
    {
        byte* action = stackalloc byte[SigactionSize];
        new Span<byte>(action, SigactionSize).Clear();
        *(nint*)action = handler;

        // SAFETY: zeroed but for the handler, which is SIG_DFL (0) or SIG_IGN (1).
        sigaction(signal, action, null);
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* old);
}
