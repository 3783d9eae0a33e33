using System.Globalization;
using System.Text;
using Leash.Audit;

namespace Leash.Cli.Summaries;

/// <summary>What a session did, at its end: counts, denials by cause, what would permit them, where the log is.</summary>
internal sealed class SessionSummary
{
    private const int MaxGroups = 8;
    private const int MaxSamples = 5;
    private const int MaxActions = 8;

    public required AuditTally Tally { get; init; }

    public required string LogPath { get; init; }

    public required string SessionId { get; init; }

    /// <summary>Notes on the policies that denied.</summary>
    public required IReadOnlyDictionary<string, PolicyNote> Notes { get; init; }

    /// <summary>The smallest statement that would permit a denied thing; null when none can.</summary>
    public required Func<DenialSample, string?> Suggest { get; init; }

    public Palette Palette { get; init; }

    public bool IsVerbose { get; init; }

    /// <summary>The summary; every line ends with a line feed.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        var counts = Tally.Counts;
        var total = counts.Allowed + counts.Denied + counts.WouldDeny + counts.Dropped;
        text.Append($"{Palette.Bold("leash:")} {Many(total, "operation")}");
        AppendCount(text, counts.Denied, "denied", Palette.Red);
        AppendCount(text, counts.WouldDeny, "would be denied", Palette.Yellow);
        AppendCount(text, counts.Dropped, "allowed but not recorded", Palette.Yellow);
        text.Append('\n');
        AppendActions(text);
        AppendDenials(text);
        text.Append($"  log: {ByteText.Visible(LogPath)}\n");
        if (IsVerbose && Tally.Head.Length > 0)
        {
            text.Append($"  head: {Tally.Head} (keep it elsewhere to notice a replaced log: leash audit verify --head)\n");
        }

        return text.ToString();
    }

    private void AppendActions(StringBuilder text)
    {
        var actions = Tally.ByAction.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (actions.Count == 0)
        {
            return;
        }

        var shown = IsVerbose ? actions.Count : Math.Min(actions.Count, MaxActions);
        text.Append("  ").AppendJoin(", ", actions.Take(shown).Select(pair => $"{pair.Key} {Number(pair.Value)}"));
        text.Append(shown < actions.Count ? $", … {actions.Count - shown} more kinds\n" : "\n");
    }

    private void AppendDenials(StringBuilder text)
    {
        var groups = Tally.Denials.OrderByDescending(group => group.Reason == AuditReason.NoPermit ? 1 : 0)
            .ThenByDescending(group => group.Count).ToList();
        foreach (var group in groups.Take(MaxGroups))
        {
            AppendGroup(text, group);
        }

        var hidden = groups.Skip(MaxGroups).Sum(group => group.Count) + Tally.UngroupedDenials;
        if (hidden > 0)
        {
            text.Append($"  … {Number(hidden)} more denials: leash audit show --denied {SessionId}\n");
        }
    }

    private void AppendGroup(StringBuilder text, DenialGroup group)
    {
        var verb = group.Verdict == AuditVerdict.WouldDeny ? "would be denied" : "denied";
        text.Append($"  {Palette.Bold(Number(group.Count))} {verb}: {Cause(group)}\n");
        var shown = 0;
        var samples = WithoutImplied(group.Samples);
        foreach (var sample in samples.Take(MaxSamples))
        {
            shown++;
            text.Append("    ").Append(Describe(sample)).Append('\n');
            if (group.Reason == AuditReason.NoPermit && Suggest(sample) is { } suggestion)
            {
                text.Append("      ").Append(Palette.Green(ByteText.Visible(suggestion))).Append('\n');
            }
        }

        if (samples.Count > shown)
        {
            text.Append($"    … {Number(samples.Count - shown)} more: leash audit show --denied {SessionId}\n");
        }
    }

    /// <summary>An open for writing that would create or truncate asks for two actions; the permit for the first covers the second.</summary>
    private static List<DenialSample> WithoutImplied(IReadOnlyCollection<DenialSample> samples)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sample in samples)
        {
            if (sample.Action == "FileOpenReadWrite")
            {
                written.Add(sample.Resource);
            }
        }

        return [.. samples.Where(s => s.Action is not ("FileCreate" or "FileTruncate") || s.SecondResource.Length > 0 || !written.Contains(s.Resource))];
    }

    private string Cause(DenialGroup group) => group.Reason switch
    {
        AuditReason.NoPermit => "no permit matched; what would permit it:",
        AuditReason.Forbid => string.Join("; ", group.Policies.Select(Forbid)),
        AuditReason.Structural => "no policy can allow it",
        AuditReason.Unresolvable => "the object cannot be named",
        AuditReason.ExecRace => "the program changed while it was started; it was killed",
        AuditReason.Rebinding => "a public name was answered with an internal address",
        AuditReason.EnforcementError => "leash could not decide (fail closed)",
        AuditReason.Permit => "a permit matched, and the mode denies",
    };

    private string Forbid(string id)
    {
        var note = Notes.GetValueOrDefault(id);
        var origin = string.IsNullOrEmpty(note?.Origin) ? "" : $" ({ByteText.Visible(note.Origin)})";
        var reason = note?.Reason is { Length: > 0 } text ? $": {ByteText.Visible(text)}" : "";
        return $"forbidden by `{ByteText.Visible(id)}`{origin}{reason}";
    }

    private static string Describe(DenialSample sample)
    {
        var text = new StringBuilder(sample.Action ?? sample.Syscall ?? "operation");
        if (sample.Resource.Length > 0)
        {
            text.Append(' ').Append(ByteText.Visible(sample.Resource));
        }

        if (sample.Address.Length > 0 && sample.Address != sample.Resource)
        {
            text.Append($" ({ByteText.Visible(sample.Address)})");
        }

        if (sample.Port > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" port {sample.Port}").Append(sample.Protocol is null ? "" : $"/{sample.Protocol}");
        }

        if (sample.SecondResource.Length > 0)
        {
            text.Append(" -> ").Append(ByteText.Visible(sample.SecondResource));
        }

        if (sample.Detail is { Length: > 0 } detail)
        {
            text.Append(": ").Append(ByteText.Visible(detail));
        }

        if (sample.Exe.Length > 0)
        {
            text.Append(" by ").Append(ByteText.Visible(Path.GetFileName(sample.Exe)));
        }

        return sample.Count > 1 ? text.Append($", {Number(sample.Count)} times").ToString() : text.ToString();
    }

    private static void AppendCount(StringBuilder text, long count, string what, Func<string, string> paint)
    {
        if (count > 0)
        {
            text.Append(", ").Append(paint($"{Number(count)} {what}"));
        }
    }

    private static string Many(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Number(count)} {noun}s";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
