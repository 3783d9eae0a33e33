using Leash.Interop;

namespace Leash.Bpf.Events;

/// <summary>
/// Turns the kernel's time of events into that of the log. The distance between the two clocks is kept, so that events stay in their order;
/// it is taken anew when somebody has set the machine's clock.
/// </summary>
internal sealed class EventClock(TimeProvider time)
{
    private const int NanosecondsPerTick = 100;
    private const int Readings = 10;
    private const long NearEnough = TimeSpan.TicksPerMillisecond / 10;
    private long _distance = Measure(time);

    /// <param name="nanoseconds">Of the boot clock; in the future or long ago, it is the present that is taken.</param>
    public long ToUtcTicks(ulong nanoseconds)
    {
        // One reading only suspects that the clock was set: this thread may have been stopped between the two clocks.
        if (IsOff(Read(time).Distance))
        {
            long distance = Measure(time);
            _distance = IsOff(distance) ? distance : _distance;
        }

        long now = time.GetUtcNow().UtcTicks;
        long ticks = _distance + (long)(Math.Min(nanoseconds, long.MaxValue) / NanosecondsPerTick);
        return ticks <= now && ticks > now - TimeSpan.TicksPerDay ? ticks : now;
    }

    private bool IsOff(long distance) => Math.Abs(distance - _distance) > TimeSpan.TicksPerSecond;

    /// <summary>The best of some readings: an error would put what the kernel decided before or behind what leash did at the same time.</summary>
    private static long Measure(TimeProvider time)
    {
        var (distance, error) = Read(time);
        for (int i = 1; i < Readings && error > NearEnough; i++)
        {
            var (next, nextError) = Read(time);
            (distance, error) = nextError < error ? (next, nextError) : (distance, error);
        }

        return distance;
    }

    /// <summary>In ticks; the error is at most the time between reading one clock before and after the other.</summary>
    private static (long Distance, long Error) Read(TimeProvider time)
    {
        long before = BootTicks();
        long now = time.GetUtcNow().UtcTicks;
        return (now - before, BootTicks() - before);
    }

    private static long BootTicks() => (long)(BootClock.Nanoseconds() / NanosecondsPerTick);
}
