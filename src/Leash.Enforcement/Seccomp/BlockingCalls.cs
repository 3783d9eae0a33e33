using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Runs a system call that may sleep for long on a worker, and wakes it when its caller is killed or gets a signal that it catches:
/// a watcher looks at the registered calls and sends a signal with an empty handler to the worker's thread.
/// </summary>
internal static unsafe partial class BlockingCalls
{
    private const int WakeSignal = 63;
    private const int IntervalMilliseconds = 50;
    private const int SignalSetSize = 128;
    private static readonly ConcurrentDictionary<int, SyscallContext> Waiting = new();
    private static readonly Lock Gate = new();

    // Guarded by Gate.
    private static bool _isInstalled;

    // Guarded by Gate.
    private static bool _isWatching;

    /// <summary>The call's result; EINTR when the caller should see a signal first.</summary>
    public static int Run<TState>(SyscallContext context, Func<TState, int> call, TState state)
    {
        int thread = (int)Kernel.Call(SyscallNumber.gettid);
        Waiting[thread] = context;
        EnsureWatched();
        try
        {
            return call(state);
        }
        finally
        {
            Waiting.TryRemove(thread, out _);
        }
    }

    /// <summary>Installs the handler of the wake-up signal, whose default action would end the process.</summary>
    public static void Prepare()
    {
        lock (Gate)
        {
            if (!_isInstalled)
            {
                InstallHandler();
                _isInstalled = true;
            }
        }
    }

    /// <summary>Ends whatever system call a thread of this process sleeps in with EINTR.</summary>
    public static void Wake(int thread) => Kernel.Call(SyscallNumber.tgkill, Environment.ProcessId, thread, WakeSignal);

    private static void EnsureWatched()
    {
        lock (Gate)
        {
            if (!_isWatching)
            {
                _isWatching = true;
                new Thread(Watch, 128 * 1024) { IsBackground = true, Name = "blocking-calls" }.Start();
            }
        }
    }

    private static void Watch()
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            never.Wait(IntervalMilliseconds);
            foreach ((int thread, SyscallContext context) in Waiting)
            {
                if (context.IsInterrupted())
                {
                    Wake(thread);
                }
            }

            lock (Gate)
            {
                if (Waiting.IsEmpty)
                {
                    _isWatching = false;
                    return;
                }
            }
        }
    }

    // The handler must not be managed code: the signal arrives in the middle of a system call. The C library's `abs` takes an int and
    // does nothing, which is all a wake-up needs; no SA_RESTART, so the call ends with EINTR.
    private static void InstallHandler()
    {
        nint library = NativeLibrary.Load("libc.so.6");
        SignalAction action = new() { handler = NativeLibrary.GetExport(library, "abs") };

        // SAFETY: the structure has the C library's layout (checked by the layout test).
        _ = sigaction(WakeSignal, &action, null);
    }

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, SignalAction* action, SignalAction* old);

    [StructLayout(LayoutKind.Sequential)]
    internal struct SignalAction
    {
        public nint handler;
        public fixed byte mask[SignalSetSize];
        public int flags;
        public nint restorer;
    }
}
