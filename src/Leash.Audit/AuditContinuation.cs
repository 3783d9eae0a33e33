namespace Leash.Audit;

/// <summary>Where a log that was not closed goes on.</summary>
/// <param name="Records">Its lines.</param>
/// <param name="Head">The hash of the last one.</param>
/// <param name="Length">Bytes up to the end of that line.</param>
/// <param name="Cut">Bytes behind it: a line that was being written.</param>
/// <param name="Tally">What its lines count.</param>
/// <param name="Why">How it came to that, for people.</param>
internal sealed record AuditContinuation(int Records, byte[] Head, long Length, long Cut, AuditTally Tally, string Why)
{
    /// <exception cref="InvalidDataException">The log is not intact, or was closed.</exception>
    public static AuditContinuation Read(string path, string why)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var found = AuditVerifier.Verify(stream);
        if (found.Integrity != AuditIntegrity.CutOff)
        {
            // FAIL-CLOSED: what goes on behind a line that is wrong would look as if all were well.
            throw new InvalidDataException(
                found.Integrity == AuditIntegrity.Intact ? $"the log `{path}` was closed" : $"the log `{path}` is not intact: {found.Message}");
        }

        stream.Position = 0;
        var length = AuditReader.ReadLines(stream).Where(line => line.IsTerminated).Sum(line => line.Bytes.Length + 1L);
        stream.Position = 0;
        return new AuditContinuation(
            found.Records, Convert.FromHexString(found.Head), length, stream.Length - length, AuditTally.Of(stream), why);
    }
}
