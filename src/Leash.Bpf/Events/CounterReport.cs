using Leash.Audit;
using Leash.Bpf.Abi;

namespace Leash.Bpf.Events;

/// <summary>Indexes of a session's counters (<c>enum leash_counter</c>).</summary>
[AbiConstants("LEASH_COUNTER_")]
internal static class KernelCounter
{
    public const int Decisions = 0;
    public const int AllowedCoalesced = 1;
    public const int AllowedDropped = 2;
    public const int DeniedDropped = 3;
    public const int ExecDropped = 4;

    /// <summary>Plus an <see cref="EventReason"/>.</summary>
    public const int Errors = 5;

    public const int Count = 32;
}

/// <summary>
/// Says in the log what its other lines leave out, from the kernel programs' counters: each report covers what came since the one before.
/// For one thread.
/// </summary>
/// <param name="audit">The session's log.</param>
/// <param name="reported">Totals that were reported before, when another reader began; else zeros.</param>
internal sealed class CounterReport(IAuditSink audit, ReadOnlySpan<ulong> reported = default)
{
    private const string CoalescedText = "allowed like others before, and not recorded one by one";
    private const string AllowedText = "allowed and not recorded: the kernel's event buffer was full";
    private const string ExecText = "programs started and not recorded: the kernel's event buffer was full";
    private const string DeniedText = "denied, and the records were lost: the kernel's event buffer was full";

    private readonly ulong[] _reported = Copy(reported);

    /// <summary>Whether what was allowed is recorded by someone else.</summary>
    public bool DeniedOnly { get; init; }

    /// <summary>Totals as of the last report.</summary>
    public ReadOnlySpan<ulong> Reported => _reported;

    /// <summary>What a log's lines have reported: counts are exact, whenever the process that wrote them ended.</summary>
    /// <param name="log">Its lines.</param>
    /// <param name="totals">The counters now, for those whose amounts the log has in words only: they are as good as reported.</param>
    public static ulong[] ReportedIn(IEnumerable<AuditEntry> log, ReadOnlySpan<ulong> totals)
    {
        ulong[] reported = Copy(totals);
        reported.AsSpan(0, KernelCounter.Errors).Clear();
        foreach (AuditEntry entry in log)
        {
            if (CounterOf(entry.Detail) is { } counter)
            {
                reported[counter] += (ulong)entry.Count;
            }
        }

        return reported;
    }

    /// <summary>Reports what was counted since the last call.</summary>
    /// <param name="totals">Sums over all processors, <see cref="KernelCounter.Count"/> of them.</param>
    /// <exception cref="InvalidDataException">They are less than before, so they are not this session's counters.</exception>
    public void Write(ReadOnlySpan<ulong> totals)
    {
        if (!DeniedOnly)
        {
            Write(totals, KernelCounter.AllowedCoalesced, AuditVerdict.Allow, AuditReason.Permit, CoalescedText);
            Write(totals, KernelCounter.AllowedDropped, AuditVerdict.Allow, AuditReason.Permit, AllowedText);
            Write(totals, KernelCounter.ExecDropped, AuditVerdict.Allow, AuditReason.Permit, ExecText);
        }

        Write(totals, KernelCounter.DeniedDropped, AuditVerdict.Deny, AuditReason.EnforcementError, LostText(totals));
        totals.CopyTo(_reported);
    }

    private static int? CounterOf(string detail) => detail switch
    {
        CoalescedText => KernelCounter.AllowedCoalesced,
        AllowedText => KernelCounter.AllowedDropped,
        ExecText => KernelCounter.ExecDropped,
        _ => detail.StartsWith(DeniedText, StringComparison.Ordinal) ? KernelCounter.DeniedDropped : null,
    };

    private void Write(ReadOnlySpan<ulong> totals, int counter, AuditVerdict verdict, AuditReason reason, string detail)
    {
        if (totals[counter] < _reported[counter])
        {
            throw new InvalidDataException($"the kernel's counter {counter} of the session went back from {_reported[counter]} to {totals[counter]}");
        }

        for (ulong rest = totals[counter] - _reported[counter]; rest > 0;)
        {
            int count = (int)Math.Min(rest, int.MaxValue);
            audit.Record(new AuditRecord { Verdict = verdict, Reason = reason, Principal = -1, Detail = detail, Count = count });
            rest -= (ulong)count;
        }
    }

    // The counter of lost denials does not tell reasons apart; those of failures do, whether or not their records were lost.
    private string LostText(ReadOnlySpan<ulong> totals)
    {
        string text = DeniedText;
        if (totals[KernelCounter.DeniedDropped] == _reported[KernelCounter.DeniedDropped])
        {
            return text;
        }

        List<string> reasons = [];
        for (EventReason reason = EventReason.Protected; reason <= EventReason.Anonymous; reason++)
        {
            int counter = KernelCounter.Errors + (int)reason;
            if (totals[counter] > _reported[counter])
            {
                reasons.Add($"{totals[counter] - _reported[counter]} because {ReasonText.Detail(reason)}");
            }
        }

        return reasons.Count == 0 ? text : $"{text}; denied meanwhile, recorded or not: {string.Join(", ", reasons)}";
    }

    private static ulong[] Copy(ReadOnlySpan<ulong> reported)
    {
        ulong[] copy = new ulong[KernelCounter.Count];
        reported.CopyTo(copy);
        return copy;
    }
}
