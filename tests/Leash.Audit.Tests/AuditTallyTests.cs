namespace Leash.Audit.Tests;

public sealed class AuditTallyTests : IDisposable
{
    private readonly LogBuilder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Tally_GroupsDenialsByCause()
    {
        using var writer = _log.Open();
        writer.Record(LogBuilder.Allowed("/a"));
        writer.Record(LogBuilder.Denied("/b", "p1"));
        writer.Record(LogBuilder.Denied("/b", "p1"));
        writer.Record(LogBuilder.Denied("/c", "p1"));
        writer.Record(LogBuilder.Denied("/d"));
        writer.Close(0);
        Assert.Equal(new AuditCounts(1, 4, 0, 0), writer.Tally.Counts);
        Assert.Equal([("p1", 3L, 2), ("", 1L, 1)],
            writer.Tally.Denials.Select(group => (string.Join(",", group.Policies), group.Count, group.Samples.Count)));
        Assert.Equal(2, writer.Tally.Denials.First().Samples.First().Count);
    }

    [Fact]
    public void Tally_ManyDistinctDenials_AreBoundedAndCounted()
    {
        using var writer = _log.Open();
        for (var i = 0; i < 5_000; i++)
        {
            writer.Record(LogBuilder.Denied($"/{i}"));
        }

        writer.Close(0);
        var group = Assert.Single(writer.Tally.Denials);
        Assert.Equal(5_000, group.Count);
        Assert.InRange(group.Samples.Count, 1, 1_000);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\nb", "a\\x0ab")]
    [InlineData("back\\slash", "back\\\\slash")]
    [InlineData("\u202ex", "\\u{202e}x")]
    [InlineData("é🙂", "é🙂")]
    public void Visible_IsSafeForATerminal(string text, string expected) => Assert.Equal(expected, ByteText.Visible(text));

    // Not a row above: attributes cannot hold lone surrogates.
    [Fact]
    public void Visible_InvalidByte_IsHex() => Assert.Equal("\\xffx", ByteText.Visible(ByteText.Decode([0xff, (byte)'x'])));
}
