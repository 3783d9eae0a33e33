using Leash.Bpf.Events;
using Leash.Interop;

namespace Leash.Bpf.Tests.Events;

/// <summary>The time of an event in the log.</summary>
public sealed class EventClockTests
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private readonly Clock _wall = new();

    [Fact]
    public void Events_KeepTheirOrderAndDistance()
    {
        EventClock clock = new(_wall);
        ulong past = BootClock.Nanoseconds() - (10 * NanosecondsPerSecond);
        long first = clock.ToUtcTicks(past);
        Assert.Equal(1, clock.ToUtcTicks(past + 100) - first);
        Assert.Equal(TimeSpan.TicksPerSecond, clock.ToUtcTicks(past + NanosecondsPerSecond) - first);
        Assert.InRange(_wall.GetUtcNow().UtcTicks - first, 9 * TimeSpan.TicksPerSecond, 60 * TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void ClockThatIsSet_IsFollowed_AndSmallCorrectionsAreNot()
    {
        EventClock clock = new(_wall);
        ulong past = BootClock.Nanoseconds() - (10 * NanosecondsPerSecond);
        long before = clock.ToUtcTicks(past);
        _wall.Shift += TimeSpan.FromMilliseconds(500);
        Assert.Equal(before, clock.ToUtcTicks(past));
        _wall.Shift += TimeSpan.FromHours(1);
        Assert.InRange(clock.ToUtcTicks(past) - before, TimeSpan.TicksPerHour, TimeSpan.TicksPerHour + TimeSpan.TicksPerMinute);
    }

    [Fact]
    public void ThreadThatIsStoppedBetweenTheClocks_ShiftsNoEvent()
    {
        _wall.Stops = 1;
        EventClock clock = new(_wall);
        AssertIsPresent(clock);
        _wall.Stops = 1;
        AssertIsPresent(clock);
    }

    [Fact]
    public void TimesThatCannotBe_AreThePresent()
    {
        EventClock clock = new(_wall);
        foreach (ulong impossible in (ulong[])[ulong.MaxValue, BootClock.Nanoseconds() + (3600 * NanosecondsPerSecond), long.MaxValue])
        {
            long before = _wall.GetUtcNow().UtcTicks;
            Assert.InRange(clock.ToUtcTicks(impossible), before, _wall.GetUtcNow().UtcTicks);
        }
    }

    private void AssertIsPresent(EventClock clock)
    {
        long before = TimeProvider.System.GetUtcNow().UtcTicks;
        long time = clock.ToUtcTicks(BootClock.Nanoseconds());
        Assert.InRange(time, before - TimeSpan.TicksPerSecond, before + TimeSpan.TicksPerSecond);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        /// <summary>How often time goes on for long before it is told.</summary>
        public int Stops { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (Stops > 0)
            {
                Stops--;
                Thread.Sleep(2000);
            }

            return base.GetUtcNow() + Shift;
        }
    }
}
