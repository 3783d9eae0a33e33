namespace Leash.Audit;

/// <summary>
/// Counts over a session's records, for the summary at its end: operations by action, and denials by what denied them with the distinct
/// things that were denied. Bounded: beyond its limits it counts without keeping examples.
/// </summary>
public sealed class AuditTally
{
    private const int MaxGroups = 1000;
    private const int MaxSamplesPerGroup = 200;

    private readonly Dictionary<string, long> _byAction = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DenialGroup> _groups = new(StringComparer.Ordinal);

    public AuditCounts Counts { get; private set; }

    /// <summary>The chain's last hash, lower-case hex; empty until the log is closed.</summary>
    public string Head { get; internal set; } = "";

    /// <summary>How often each action was asked for, whatever the verdict. Operations that no action covers are under their system call.</summary>
    public IReadOnlyDictionary<string, long> ByAction => _byAction;

    public IReadOnlyCollection<DenialGroup> Denials => _groups.Values;

    /// <summary>Denials that belong to none of <see cref="Denials"/> because there are too many groups.</summary>
    public long UngroupedDenials { get; private set; }

    /// <summary>The counts of a log's lines.</summary>
    public static AuditTally Of(Stream log)
    {
        var tally = new AuditTally();
        var slot = new AuditSlot();
        foreach (var entry in AuditReader.ReadEntries(log))
        {
            tally.Head = entry.Text("hash");
            if (entry.Kind == AuditFormat.Gap)
            {
                tally.AddDropped(entry.Number("dropped"));
            }
            else if (entry.Kind == AuditFormat.Operation)
            {
                slot.Fill(entry);
                tally.Add(slot);
            }
        }

        return tally;
    }

    internal void AddDropped(long count) => Counts = Counts with { Dropped = Counts.Dropped + count };

    internal void Add(AuditSlot slot)
    {
        if (slot.Outcome is not null)
        {
            return; // of an operation that was counted
        }

        var action = slot.Action ?? slot.Syscall ?? "unknown";
        _byAction[action] = _byAction.GetValueOrDefault(action) + slot.Count;
        switch (slot.Verdict)
        {
            case AuditVerdict.Allow:
                Counts = Counts with { Allowed = Counts.Allowed + slot.Count };
                return;
            case AuditVerdict.WouldDeny:
                Counts = Counts with { WouldDeny = Counts.WouldDeny + slot.Count };
                break;
            case AuditVerdict.Deny:
                Counts = Counts with { Denied = Counts.Denied + slot.Count };
                break;
        }

        AddDenial(slot);
    }

    private void AddDenial(AuditSlot slot)
    {
        var policies = slot.Policies.Length == 0 ? "" : string.Join(", ", slot.Policies!);
        var key = $"{slot.Verdict}|{slot.Reason}|{policies}";
        if (!_groups.TryGetValue(key, out var group))
        {
            if (_groups.Count >= MaxGroups)
            {
                UngroupedDenials += slot.Count;
                return;
            }

            group = new DenialGroup(slot.Verdict, slot.Reason, policies.Length == 0 ? [] : [.. slot.Policies!]);
            _groups.Add(key, group);
        }

        group.Add(slot, MaxSamplesPerGroup);
    }
}

/// <summary>Denials with one cause.</summary>
public sealed class DenialGroup
{
    private readonly Dictionary<string, DenialSample> _samples = new(StringComparer.Ordinal);

    internal DenialGroup(AuditVerdict verdict, AuditReason reason, IReadOnlyList<string> policies)
    {
        Verdict = verdict;
        Reason = reason;
        Policies = policies;
    }

    public AuditVerdict Verdict { get; }

    public AuditReason Reason { get; }

    /// <summary>The forbids, or empty.</summary>
    public IReadOnlyList<string> Policies { get; }

    public long Count { get; private set; }

    /// <summary>The distinct things denied, in order of appearance; not all when there are very many.</summary>
    public IReadOnlyCollection<DenialSample> Samples => _samples.Values;

    internal void Add(AuditSlot slot, int limit)
    {
        Count += slot.Count;
        var sample = DenialSample.Of(slot);
        if (_samples.TryGetValue(sample.Key, out var known))
        {
            known.Count += slot.Count;
        }
        else if (_samples.Count < limit)
        {
            sample.Count = slot.Count;
            _samples.Add(sample.Key, sample);
        }
    }
}

/// <summary>One denied thing.</summary>
public sealed class DenialSample
{
    public string? Action { get; private init; }

    public string? Syscall { get; private init; }

    /// <summary>Decoded as UTF-8, each invalid byte as the lone surrogate U+DC00 + byte.</summary>
    public string Resource { get; private init; } = "";

    public string SecondResource { get; private init; } = "";

    public string Address { get; private init; } = "";

    public int Port { get; private init; }

    public string? Protocol { get; private init; }

    /// <summary>Of an HTTP request.</summary>
    public string? Method { get; private init; }

    /// <summary>Path and query of an HTTP request.</summary>
    public string? Target { get; private init; }

    public string Exe { get; private init; } = "";

    public string? Detail { get; private init; }

    public int Errno { get; private init; }

    public long Count { get; internal set; }

    internal string Key { get; private init; } = "";

    internal static DenialSample Of(AuditSlot slot)
    {
        var resource = ByteText.Decode(slot.Resource);
        var second = ByteText.Decode(slot.SecondResource);
        return new DenialSample
        {
            Action = slot.Action,
            Syscall = slot.Syscall,
            Resource = resource,
            SecondResource = second,
            Address = ByteText.Decode(slot.Address),
            Port = slot.Port,
            Protocol = slot.Protocol,
            Method = slot.Method,
            Target = slot.Target,
            Exe = ByteText.Decode(slot.Exe),
            Detail = slot.Detail,
            Errno = slot.Errno,
            Key = $"{slot.Action ?? slot.Syscall}|{resource}|{second}|{slot.Port}|{slot.Protocol}|{slot.Method}|{slot.Target}|{slot.Detail}",
        };
    }
}
