using System.Text;

namespace Leash.Audit.Tests;

public sealed class AuditContinuationTests : IDisposable
{
    private readonly LogBuilder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Continued_IsOneIntactLog()
    {
        WriteUnclosed();
        using (var writer = AuditWriter.Continue(_log.LogPath, "the daemon was restarted", TimeProvider.System))
        {
            writer.Record(LogBuilder.Denied("/etc/passwd", "no-etc"));
            writer.Close(3);
        }

        var found = Verify();
        Assert.Equal((AuditIntegrity.Intact, ""), (found.Integrity, found.Message));
        Assert.Equal(["session", "operation", "operation", "resumed", "operation", "end"], Entries().Select(entry => entry.Kind));
    }

    [Fact]
    public void ExchangedPolicies_AreALine_BehindWhatWasRecordedBefore()
    {
        using (var writer = new AuditWriter(_log.LogPath, LogBuilder.Header, TimeProvider.System))
        {
            writer.Record(LogBuilder.Denied("/etc/passwd", "no-etc"));
            writer.Exchanged([new PolicyOrigin("user", "new.cedar", "")]);
            writer.Record(LogBuilder.Denied("/etc/shadow", "new#1"));
            writer.Close(0);
        }

        Assert.Equal((AuditIntegrity.Intact, ""), (Verify().Integrity, Verify().Message));
        Assert.Equal(["session", "operation", "policies", "operation", "end"], Entries().Select(entry => entry.Kind));
        const string sha256OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        Assert.Contains(
            $$"""[{"layer":"user","name":"new.cedar","sha256":"{{sha256OfNothing}}"}]""", File.ReadAllText(_log.LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Tally_CountsWhatWasWrittenBefore()
    {
        WriteUnclosed();
        using var writer = AuditWriter.Continue(_log.LogPath, "again", TimeProvider.System);
        writer.Record(LogBuilder.Denied("/etc/shadow", "no-etc"));
        writer.Close(0);
        Assert.Equal((1, 2), (writer.Tally.Counts.Allowed, writer.Tally.Counts.Denied));
        Assert.Equal(["/etc/passwd", "/etc/shadow"], writer.Tally.Denials.Single().Samples.Select(sample => sample.Resource));
        using var stream = File.OpenRead(_log.LogPath);
        var read = AuditTally.Of(stream);
        Assert.Equal((writer.Tally.Counts, writer.Tally.Head), (read.Counts, read.Head));
    }

    [Fact]
    public void CutOffLine_IsRemovedAndSaid()
    {
        WriteUnclosed();
        File.AppendAllText(_log.LogPath, "{\"seq\":4,\"ti");
        using (var writer = AuditWriter.Continue(_log.LogPath, "again", TimeProvider.System))
        {
            writer.Close(0);
        }

        Assert.Equal(AuditIntegrity.Intact, Verify().Integrity);
        Assert.Equal(12, Entries().Single(entry => entry.Kind == "resumed").Number("cut"));
    }

    [Fact]
    public void ClosedLog_IsNotContinued()
    {
        WriteUnclosed();
        AuditWriter.Continue(_log.LogPath, "again", TimeProvider.System).Dispose();
        Assert.Throws<InvalidDataException>(() => AuditWriter.Continue(_log.LogPath, "again", TimeProvider.System));
    }

    [Fact]
    public void ChangedLog_IsNotContinued()
    {
        WriteUnclosed();
        File.WriteAllText(_log.LogPath, File.ReadAllText(_log.LogPath).Replace("/etc/passwd", "/etc/hosts", StringComparison.Ordinal));
        Assert.Throws<InvalidDataException>(() => AuditWriter.Continue(_log.LogPath, "again", TimeProvider.System));
    }

    [Fact]
    public void Flush_WritesEverything()
    {
        using var writer = new AuditWriter(_log.LogPath, LogBuilder.Header, TimeProvider.System);
        for (var i = 0; i < 100; i++)
        {
            writer.Record(LogBuilder.Allowed($"/w/{i}"));
        }

        writer.Flush();
        Assert.Equal(101, Entries().Count);
    }

    [Theory]
    [InlineData(new byte[] { 0x2f, 0x61 })]
    [InlineData(new byte[] { 0x2f, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x80 })]
    public void Text_IsTheSameBytesAgain(byte[] bytes) => Assert.Equal(bytes, ByteText.Encode(ByteText.Decode(bytes)));

    // As after a SIGKILL: the file as it was before the last line.
    private void WriteUnclosed()
    {
        using (var writer = new AuditWriter(_log.LogPath, LogBuilder.Header, TimeProvider.System))
        {
            writer.Record(LogBuilder.Allowed("/w/a"));
            writer.Record(LogBuilder.Denied("/etc/passwd", "no-etc"));
            writer.Close(0);
        }

        var lines = File.ReadAllLines(_log.LogPath);
        File.WriteAllText(_log.LogPath, string.Concat(lines[..^1].Select(line => line + "\n")), new UTF8Encoding(false));
    }

    private AuditVerification Verify()
    {
        using var stream = File.OpenRead(_log.LogPath);
        return AuditVerifier.Verify(stream);
    }

    private List<AuditEntry> Entries()
    {
        using var stream = new FileStream(_log.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. AuditReader.ReadEntries(stream)];
    }
}
