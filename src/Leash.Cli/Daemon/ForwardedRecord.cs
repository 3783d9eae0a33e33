using Leash.Audit;

namespace Leash.Cli.Daemon;

/// <summary>An audit record on its way to the process that writes the log.</summary>
internal sealed record ForwardedRecord
{
    public required AuditVerdict Verdict { get; init; }

    public required AuditReason Reason { get; init; }

    public string? Action { get; init; }

    public string? Syscall { get; init; }

    public string[] Policies { get; init; } = [];

    public byte[] Resource { get; init; } = [];

    public byte[] Second { get; init; } = [];

    public byte[] Address { get; init; } = [];

    public int Port { get; init; }

    public string? Protocol { get; init; }

    public byte[] Exe { get; init; } = [];

    public byte[] Arguments { get; init; } = [];

    public int Pid { get; init; }

    public int Tid { get; init; }

    public int Principal { get; init; }

    public int Errno { get; init; }

    public string? Detail { get; init; }

    public long Time { get; init; }

    public int Count { get; init; }

    public long Request { get; init; }

    public string? Method { get; init; }

    public string? Target { get; init; }

    public AuditOutcome? Outcome { get; init; }

    public static ForwardedRecord Of(in AuditRecord record) => new()
    {
        Verdict = record.Verdict,
        Reason = record.Reason,
        Action = record.Action,
        Syscall = record.Syscall,
        Policies = record.Policies.ToArray(),
        Resource = record.Resource.ToArray(),
        Second = record.SecondResource.ToArray(),
        Address = record.Address.ToArray(),
        Port = record.Port,
        Protocol = record.Protocol,
        Exe = record.Exe.ToArray(),
        Arguments = record.Arguments.ToArray(),
        Pid = record.Pid,
        Tid = record.Tid,
        Principal = record.Principal,
        Errno = record.Errno,
        Detail = record.Detail,
        Time = record.Time > 0 ? record.Time : TimeProvider.System.GetUtcNow().UtcTicks,
        Count = record.Count,
        Request = record.Request,
        Method = record.Method,
        Target = record.Target,
        Outcome = record.Outcome,
    };

    public void WriteTo(IAuditSink sink) => sink.Record(new AuditRecord
    {
        Verdict = Verdict,
        Reason = Reason,
        Action = Action,
        Syscall = Syscall,
        Policies = Policies,
        Resource = Resource,
        SecondResource = Second,
        Address = Address,
        Port = Port,
        Protocol = Protocol,
        Exe = Exe,
        Arguments = Arguments,
        Pid = Pid,
        Tid = Tid,
        Principal = Principal,
        Errno = Errno,
        Detail = Detail,
        Time = Time,
        Count = Count,
        Request = Request,
        Method = Method,
        Target = Target,
        Outcome = Outcome,
    });
}
