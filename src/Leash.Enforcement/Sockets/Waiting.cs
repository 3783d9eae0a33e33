using Leash.Enforcement.Seccomp;
using Leash.Interop;

namespace Leash.Enforcement.Sockets;

/// <summary>How a wait on behalf of a blocked caller ended.</summary>
internal enum WaitOutcome
{
    Ready,
    TimedOut,
    Interrupted,
}

/// <summary>Waits that notice when the caller is gone, signalled, or out of time.</summary>
internal static class Waiting
{
    private const int FirstSliceMs = 1;
    private const int LongestSliceMs = 50;

    /// <summary>Waits until the descriptor has one of the events or an error.</summary>
    public static WaitOutcome ForEvents(SyscallContext context, int fd, short events, TimeSpan? timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var slice = FirstSliceMs; ; slice = Math.Min(slice * 2, LongestSliceMs))
        {
            if (SocketCalls.Poll(fd, events, slice) > 0)
            {
                return WaitOutcome.Ready;
            }

            if (context.IsInterrupted())
            {
                return WaitOutcome.Interrupted;
            }

            if (timeout is { } limit && TimeProvider.System.GetElapsedTime(started) >= limit)
            {
                return WaitOutcome.TimedOut;
            }
        }
    }

    /// <summary>Sleeps before another try where the kernel offers nothing to wait for.</summary>
    public static WaitOutcome BeforeRetry(SyscallContext context, int attempt, long started, TimeSpan? timeout)
    {
        SocketCalls.Poll(-1, 0, Math.Min(1 << Math.Min(attempt, 6), LongestSliceMs));
        if (context.IsInterrupted())
        {
            return WaitOutcome.Interrupted;
        }

        return timeout is { } limit && TimeProvider.System.GetElapsedTime(started) >= limit ? WaitOutcome.TimedOut : WaitOutcome.Ready;
    }
}
