namespace Leash.Interop;

/// <summary>The clock that programs in the kernel read: since the machine started, suspended or not.</summary>
internal static unsafe class BootClock
{
    private const int CLOCK_BOOTTIME = 7;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public static ulong Nanoseconds()
    {
        ulong* time = stackalloc ulong[2];

        // SAFETY: struct timespec is two words.
        Kernel.Call(SyscallNumber.clock_gettime, CLOCK_BOOTTIME, (nint)time);
        return (time[0] * NanosecondsPerSecond) + time[1];
    }
}
