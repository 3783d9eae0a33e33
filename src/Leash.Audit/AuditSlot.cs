namespace Leash.Audit;

/// <summary>An owned copy of an <see cref="AuditRecord"/>. Reused: its buffer grows to what its records need and stays.</summary>
internal sealed class AuditSlot
{
    /// <summary>Arguments beyond this are cut; the log says so.</summary>
    public const int MaxArguments = 4096;

    private const int MaxPolicies = 8;
    private const int InitialBuffer = 256;

    private readonly string?[] _policies = new string?[MaxPolicies];
    private byte[] _bytes = new byte[InitialBuffer];
    private int _resourceEnd;
    private int _secondEnd;
    private int _addressEnd;
    private int _exeEnd;
    private int _argumentsEnd;
    private int _policyCount;

    /// <summary>UTC ticks.</summary>
    public long Time { get; private set; }

    public AuditVerdict Verdict { get; private set; }

    public AuditReason Reason { get; private set; }

    public string? Action { get; private set; }

    public string? Syscall { get; private set; }

    public string? Protocol { get; private set; }

    public string? Detail { get; private set; }

    public int Port { get; private set; }

    public int Pid { get; private set; }

    public int Tid { get; private set; }

    public int Principal { get; private set; }

    public int Errno { get; private set; }

    public int Count { get; private set; }

    public long Request { get; private set; }

    public string? Method { get; private set; }

    public string? Target { get; private set; }

    public AuditOutcome? Outcome { get; private set; }

    public bool IsArgumentsCut { get; private set; }

    public ReadOnlySpan<string?> Policies => _policies.AsSpan(0, _policyCount);

    public ReadOnlySpan<byte> Resource => _bytes.AsSpan(0, _resourceEnd);

    public ReadOnlySpan<byte> SecondResource => _bytes.AsSpan(_resourceEnd, _secondEnd - _resourceEnd);

    public ReadOnlySpan<byte> Address => _bytes.AsSpan(_secondEnd, _addressEnd - _secondEnd);

    public ReadOnlySpan<byte> Exe => _bytes.AsSpan(_addressEnd, _exeEnd - _addressEnd);

    public ReadOnlySpan<byte> Arguments => _bytes.AsSpan(_exeEnd, _argumentsEnd - _exeEnd);

    public void Fill(in AuditRecord record, long time)
    {
        Time = record.Time > 0 ? record.Time : time;
        Verdict = record.Verdict;
        Reason = record.Reason;
        Action = record.Action;
        Syscall = record.Syscall;
        Protocol = record.Protocol;
        Detail = record.Detail;
        Port = record.Port;
        Pid = record.Pid;
        Tid = record.Tid;
        Principal = record.Principal;
        Errno = record.Errno;
        Count = Math.Max(1, record.Count);
        Request = record.Request;
        Method = record.Method;
        Target = record.Target;
        Outcome = record.Outcome;
        _policyCount = Math.Min(record.Policies.Length, MaxPolicies);
        for (var i = 0; i < _policyCount; i++)
        {
            _policies[i] = record.Policies[i];
        }

        FillBytes(record);
    }

    /// <summary>Fills from a line that was read back, as far as counts and summaries need it.</summary>
    public void Fill(AuditEntry entry) => Fill(
        new AuditRecord
        {
            Verdict = AuditWords.VerdictOf(entry.Verdict),
            Reason = AuditWords.ReasonOf(entry.Reason),
            Action = entry.Action.Length == 0 ? null : entry.Action,
            Syscall = entry.Syscall.Length == 0 ? null : entry.Syscall,
            Policies = (string[])[.. entry.Policies],
            Resource = ByteText.Encode(entry.Resource),
            SecondResource = ByteText.Encode(entry.SecondResource),
            Address = ByteText.Encode(entry.Address),
            Port = (int)entry.Port,
            Protocol = entry.Protocol.Length == 0 ? null : entry.Protocol,
            Exe = ByteText.Encode(entry.Exe),
            Pid = (int)entry.Pid,
            Errno = (int)entry.Errno,
            Detail = entry.Detail.Length == 0 ? null : entry.Detail,
            Count = (int)Math.Min(entry.Count, int.MaxValue),
            Method = entry.Method.Length == 0 ? null : entry.Method,
            Target = entry.Target.Length == 0 ? null : entry.Target,
        },
        time: 0);

    private void FillBytes(in AuditRecord record)
    {
        var arguments = record.Arguments;
        IsArgumentsCut = arguments.Length > MaxArguments;
        if (IsArgumentsCut)
        {
            arguments = arguments[..MaxArguments];
        }

        var length = record.Resource.Length + record.SecondResource.Length + record.Address.Length + record.Exe.Length + arguments.Length;
        if (length > _bytes.Length)
        {
            _bytes = new byte[Math.Max(length, _bytes.Length * 2)];
        }

        _resourceEnd = Append(record.Resource, 0);
        _secondEnd = Append(record.SecondResource, _resourceEnd);
        _addressEnd = Append(record.Address, _secondEnd);
        _exeEnd = Append(record.Exe, _addressEnd);
        _argumentsEnd = Append(arguments, _exeEnd);
    }

    private int Append(ReadOnlySpan<byte> bytes, int at)
    {
        bytes.CopyTo(_bytes.AsSpan(at));
        return at + bytes.Length;
    }
}
