using System.Net;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

public sealed class NameTableTests
{
    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 7_000;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan span) => _now += (long)(span.TotalSeconds * TimestampFrequency);
    }

    private static IPAddress Address(int n) => new([203, (byte)(n >> 16), (byte)(n >> 8), (byte)n]);

    [Fact]
    public void NamesFor_SeveralNames_GivesAllAndTreatsMappedAsIPv4()
    {
        var table = new NameTable(new ManualTime());
        table.Learn("a.example", Address(1), TimeSpan.Zero);
        table.Learn("b.example", Address(1), TimeSpan.Zero);
        Assert.Equal(["a.example", "b.example"], table.NamesFor(Address(1).MapToIPv6()));
        Assert.Empty(table.NamesFor(Address(2)));
    }

    [Fact]
    public void NamesFor_AfterLifetime_ForgetsLearntAndKeepsPinned()
    {
        var time = new ManualTime();
        var table = new NameTable(time);
        table.Learn("learnt.example", Address(1), TimeSpan.FromSeconds(5));
        table.Learn("long.example", Address(1), TimeSpan.FromHours(3));
        table.Pin("pinned.example", Address(1));
        table.Learn("pinned.example", Address(1), TimeSpan.Zero);
        time.Advance(NameTable.MinimumLifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(3, table.NamesFor(Address(1)).Length);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["long.example", "pinned.example"], table.NamesFor(Address(1)));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["pinned.example"], table.NamesFor(Address(1)));
    }

    [Fact]
    public void Learn_PastCapacity_DropsTheLeastRecentlyUsed()
    {
        var table = new NameTable(new ManualTime(), capacity: 100);
        for (var i = 0; i < 100; i++)
        {
            table.Learn("x.example", Address(i), TimeSpan.Zero);
        }

        Assert.Single(table.NamesFor(Address(0)));
        table.Learn("x.example", Address(1000), TimeSpan.Zero);
        Assert.Equal(100, table.Count);
        Assert.Single(table.NamesFor(Address(0)));
        Assert.Empty(table.NamesFor(Address(1)));
    }

    [Fact]
    public void Learn_ManyNamesOnOneAddress_KeepsTheNewest()
    {
        var table = new NameTable(new ManualTime());
        table.Pin("pinned.example", Address(1));
        for (var i = 0; i < 200; i++)
        {
            table.Learn($"h{i}.example", Address(1), TimeSpan.Zero);
        }

        var names = table.NamesFor(Address(1));
        Assert.Equal(NameTable.MaxNamesPerAddress, names.Length);
        Assert.Contains("pinned.example", names);
        Assert.Contains("h199.example", names);
        Assert.DoesNotContain("h0.example", names);
    }
}
