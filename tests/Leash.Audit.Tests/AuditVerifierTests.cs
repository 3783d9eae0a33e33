using System.Text;

namespace Leash.Audit.Tests;

public sealed class AuditVerifierTests : IDisposable
{
    private readonly LogBuilder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Verify_UntouchedLog_IsIntact()
    {
        var bytes = _log.Sample();
        var result = Verify(bytes);
        Assert.Equal((AuditIntegrity.Intact, 5, ""), (result.Integrity, result.Records, result.Message));
        Assert.Equal(64, result.Head.Length);
        Assert.Equal(AuditIntegrity.Intact, Verify(bytes, result.Head.ToUpperInvariant()).Integrity);
    }

    [Fact]
    public void Verify_AnyByteChanged_IsNotIntact()
    {
        var bytes = _log.Sample();
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var bit in (ReadOnlySpan<int>)[0, 3, 5])
            {
                var changed = (byte[])bytes.Clone();
                changed[i] ^= (byte)(1 << bit);
                Assert.False(Verify(changed).Integrity == AuditIntegrity.Intact, $"byte {i}, bit {bit}");
            }
        }
    }

    [Fact]
    public void Verify_AnyByteRemovedOrDoubled_IsNotIntact()
    {
        var bytes = _log.Sample();
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.NotEqual(AuditIntegrity.Intact, Verify([.. bytes[..i], .. bytes[(i + 1)..]]).Integrity);
            Assert.NotEqual(AuditIntegrity.Intact, Verify([.. bytes[..(i + 1)], .. bytes[i..]]).Integrity);
        }
    }

    [Fact]
    public void Verify_AnyTruncation_IsCutOffOrBroken()
    {
        var bytes = _log.Sample();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.NotEqual(AuditIntegrity.Intact, Verify(bytes[..length]).Integrity);
        }
    }

    [Fact]
    public void Verify_LineRemoved_NamesTheLine()
    {
        var lines = Lines();
        lines.RemoveAt(2);
        var result = Verify(Join(lines));
        Assert.Equal((AuditIntegrity.Broken, 3, 2), (result.Integrity, result.Line, result.Records));
        Assert.StartsWith("the hash does not match", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LinesSwapped_NamesTheLine()
    {
        var lines = Lines();
        (lines[1], lines[2]) = (lines[2], lines[1]);
        Assert.Equal((AuditIntegrity.Broken, 2), (Verify(Join(lines)).Integrity, Verify(Join(lines)).Line));
    }

    [Fact]
    public void Verify_EndMissing_IsCutOff()
    {
        var lines = Lines();
        lines.RemoveAt(4);
        var result = Verify(Join(lines));
        Assert.Equal((AuditIntegrity.CutOff, 4), (result.Integrity, result.Records));
        Assert.Contains("the session's end is missing", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_TextBehindTheEnd_IsBroken()
    {
        var lines = Lines();
        lines.Add(lines[1]);
        Assert.Equal("a line follows the end of the session", Verify(Join(lines)).Message);
    }

    [Fact]
    public void Verify_ReplacedLogWithOwnChain_DiffersFromKeptHead()
    {
        var bytes = _log.Sample();
        var result = Verify(bytes, new string('0', 64));
        Assert.Equal(AuditIntegrity.Broken, result.Integrity);
        Assert.StartsWith("the head is ", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_EmptyFile_IsBroken() => Assert.Equal("the log is empty", Verify([]).Message);

    [Fact]
    public void Verify_HugeLine_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Verify(new byte[3 << 20]));

    private static AuditVerification Verify(byte[] bytes, string? head = null)
    {
        using var stream = new MemoryStream(bytes);
        return AuditVerifier.Verify(stream, head);
    }

    private static byte[] Join(List<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private List<string> Lines() => [.. Encoding.UTF8.GetString(_log.Sample()).TrimEnd('\n').Split('\n')];
}
