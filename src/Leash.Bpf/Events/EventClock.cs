using Leash.Interop;

namespace Leash.Bpf.Events;

/// <summary>
/// Turns the kernel's time of events into that of the log. The distance between the two clocks is kept, so that events stay in their order;
/// it is taken anew when somebody has set the machine's clock.
/// </summary>
internal sealed class EventClock(TimeProvider time)
{
    private const int NanosecondsPerTick = 100;
    private long _distance = Measure(time);

    /// <param name="nanoseconds">Of the boot clock; in the future or long ago, it is the present that is taken.</param>
    public long ToUtcTicks(ulong nanoseconds)
    {
        long distance = Measure(time);
        if (Math.Abs(distance - _distance) > TimeSpan.TicksPerSecond)
        {
            _distance = distance;
        }

        long now = time.GetUtcNow().UtcTicks;
        long ticks = _distance + (long)(Math.Min(nanoseconds, long.MaxValue) / NanosecondsPerTick);
        return ticks <= now && ticks > now - TimeSpan.TicksPerDay ? ticks : now;
    }

    private static long Measure(TimeProvider time) => time.GetUtcNow().UtcTicks - (long)(BootClock.Nanoseconds() / NanosecondsPerTick);
}
