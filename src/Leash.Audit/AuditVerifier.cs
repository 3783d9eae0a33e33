using System.Globalization;

namespace Leash.Audit;

/// <summary>How a log was found.</summary>
public enum AuditIntegrity
{
    /// <summary>Something in it is not as it was written.</summary>
    Broken,

    /// <summary>All lines are as they were written, but the last line of a session is missing.</summary>
    CutOff,

    /// <summary>Complete, and as it was written.</summary>
    Intact,
}

/// <summary>What <see cref="AuditVerifier"/> found.</summary>
/// <param name="Integrity">The finding.</param>
/// <param name="Records">Lines that are as they were written, from the first on.</param>
/// <param name="Head">The hash of the last of them, lower-case hex; empty when there is none.</param>
/// <param name="Line">The first line that is wrong; 0 when none is.</param>
/// <param name="Message">What is wrong with it, or empty.</param>
public sealed record AuditVerification(AuditIntegrity Integrity, int Records, string Head, int Line, string Message);

/// <summary>Checks a log: each line's hash, the sequence numbers, the first and the last line, and the counts.</summary>
public static class AuditVerifier
{
    /// <param name="stream">The log.</param>
    /// <param name="expectedHead">A head that was kept elsewhere, in hex; null to accept any.</param>
    public static AuditVerification Verify(Stream stream, string? expectedHead = null)
    {
        using var chain = new HashChain();
        var state = new State();
        foreach (var line in AuditReader.ReadLines(stream))
        {
            if (state.Check(line, chain) is { } problem)
            {
                return new AuditVerification(AuditIntegrity.Broken, state.Records, state.Head, line.Number, problem);
            }
        }

        return state.Finish(expectedHead);
    }

    private sealed class State
    {
        private long _allowed;
        private long _denied;
        private long _wouldDeny;
        private long _dropped;
        private bool _hasEnded;
        private string? _partial;

        public int Records { get; private set; }

        public string Head { get; private set; } = "";

        /// <summary>What is wrong with the line; null when nothing is.</summary>
        public string? Check(AuditLogLine line, HashChain chain)
        {
            if (_hasEnded)
            {
                return "a line follows the end of the session";
            }

            if (!line.IsTerminated)
            {
                // Writing was cut in the middle, or the line was: either way the rest is missing.
                _partial = $"line {line.Number} is incomplete";
                return null;
            }

            if (!AuditVerifier.SplitHash(line.Bytes, out var body, out var hash))
            {
                return "the line does not end with a hash";
            }

            Span<byte> expected = stackalloc byte[HashChain.HexLength];
            chain.Next(body, expected);
            if (!hash.SequenceEqual(expected))
            {
                return "the hash does not match: this line was changed, or lines before it were removed, added or reordered";
            }

            if (AuditEntry.TryParse(line.Bytes, line.Number) is not { } entry)
            {
                return "the line is not a JSON object";
            }

            return CheckEntry(entry);
        }

        public AuditVerification Finish(string? expectedHead)
        {
            if (expectedHead is not null && !string.Equals(expectedHead, Head, StringComparison.OrdinalIgnoreCase))
            {
                return new AuditVerification(
                    AuditIntegrity.Broken, Records, Head, 0, $"the head is {Head}, not {expectedHead}: the log was replaced or cut");
            }

            if (Records == 0)
            {
                return new AuditVerification(AuditIntegrity.Broken, 0, "", 1, _partial ?? "the log is empty");
            }

            return _hasEnded
                ? new AuditVerification(AuditIntegrity.Intact, Records, Head, 0, "")
                : new AuditVerification(
                    AuditIntegrity.CutOff, Records, Head, Records + 1,
                    (_partial is null ? "" : _partial + "; ") + "the session's end is missing: it still runs, was killed, or lines were removed");
        }

        private string? CheckEntry(AuditEntry entry)
        {
            if (entry.Sequence != Records + 1)
            {
                return string.Create(CultureInfo.InvariantCulture, $"sequence number {entry.Sequence} where {Records + 1} belongs");
            }

            if (Records == 0 && entry.Kind != AuditFormat.Session)
            {
                return "the first line is not the session's header";
            }

            Records++;
            Head = entry.Text("hash");
            return entry.Kind switch
            {
                AuditFormat.Session when Records == 1 => entry.Number("format") == AuditFormat.Version
                    ? null
                    : $"format {entry.Number("format")} is not known to this version",
                AuditFormat.Operation => Count(entry),
                AuditFormat.Gap => CountGap(entry),
                AuditFormat.Outcome or AuditFormat.Resumed or AuditFormat.Exchanged => null,
                AuditFormat.End => CheckEnd(entry),
                var kind => $"a line of kind `{ByteText.Visible(kind)}` does not belong here",
            };
        }

        private string? Count(AuditEntry entry)
        {
            switch (entry.Verdict)
            {
                case "allow":
                    _allowed += entry.Count;
                    return null;
                case "deny":
                    _denied += entry.Count;
                    return null;
                case "would_deny":
                    _wouldDeny += entry.Count;
                    return null;
                default:
                    return $"the verdict `{ByteText.Visible(entry.Verdict)}` is unknown";
            }
        }

        private string? CountGap(AuditEntry entry)
        {
            _dropped += entry.Number("dropped");
            return null;
        }

        private string? CheckEnd(AuditEntry entry)
        {
            _hasEnded = true;
            return entry.Number("allowed") == _allowed && entry.Number("denied") == _denied
                && entry.Number("would_deny") == _wouldDeny && entry.Number("dropped") == _dropped
                ? null
                : "the counts at the end are not those of the lines";
        }
    }

    /// <summary>Splits <c>{…,"hash":"…"}</c> into what is hashed and the hash.</summary>
    private static bool SplitHash(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> body, out ReadOnlySpan<byte> hash)
    {
        var prefix = ",\"hash\":\""u8;
        var suffix = "\"}"u8;
        var at = line.Length - suffix.Length - HashChain.HexLength - prefix.Length;
        body = at <= 0 ? default : line[..at];
        hash = at <= 0 ? default : line.Slice(at + prefix.Length, HashChain.HexLength);
        return at > 0 && line[at..].StartsWith(prefix) && line.EndsWith(suffix);
    }
}
