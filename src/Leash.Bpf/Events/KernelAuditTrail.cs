using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using Leash.Audit;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Bpf.Events;

/// <summary>
/// Turns the kernel programs' events of one session into audit records, and learns from them what processes run. For one thread.
/// </summary>
/// <param name="audit">The session's log.</param>
/// <param name="generations">The plans by which the kernel decided.</param>
/// <param name="namesFor">Host names under which an address was learnt.</param>
internal sealed class KernelAuditTrail(
    IAuditSink audit, GenerationTable generations, Func<IPAddress, ImmutableArray<string>> namesFor)
{
    private const int ProtocolTcp = 6;
    private const int ProtocolUdp = 17;

    private static readonly string[] ActionNames = BuildNames();
    private readonly EventClock _clock = new(TimeProvider.System);

    /// <summary>What processes run, as far as events told.</summary>
    public ExecTable Execs { get; } = new();

    /// <summary>Called for each exec that was learnt.</summary>
    public Action<ulong, ExecIdentity>? Learnt { get; set; }

    /// <summary>Samples that were read.</summary>
    public long Read { get; private set; }

    /// <summary>Samples that could not be understood.</summary>
    public long Malformed { get; private set; }

    /// <summary>The newest generation that an event was decided by.</summary>
    public ulong LastGeneration { get; private set; }

    /// <summary>Records one sample.</summary>
    public void Accept(ReadOnlySpan<byte> sample)
    {
        Read++;
        EventFault fault = EventDecoder.TryDecode(sample, out KernelEvent happened);
        if (fault != EventFault.None)
        {
            Malformed++;
            audit.Record(new AuditRecord
            {
                Reason = AuditReason.EnforcementError, Principal = -1, Detail = ReasonText.Detail(fault),
            });
            return;
        }

        LastGeneration = Math.Max(LastGeneration, happened.Fields.generation);
        if (happened.Kind != EventKind.Exit)
        {
            Record(happened);
        }
    }

    private void Record(in KernelEvent happened)
    {
        bool isExec = happened.Kind == EventKind.Exec && happened.Verdict != EventVerdict.Deny;
        ExecIdentity? asker = Execs.Find(isExec ? happened.Fields.parent_exec_id : happened.Fields.exec_id);
        if (isExec)
        {
            Learn(happened);
        }

        if (happened.Verdict == EventVerdict.Allow)
        {
            RecordAllowed(happened, asker, isExec);
        }
        else if (happened.Reason is EventReason.NoPermit or EventReason.Forbid)
        {
            RecordDenied(happened, asker);
        }
        else
        {
            uint actions = (uint)happened.Actions;
            string? action = actions == 0 ? null : ActionNames[BitOperations.TrailingZeroCount(actions)];
            Write(happened, asker, action, ReasonText.ToAudit(happened.Reason), [], ReasonText.Detail(happened.Reason));
        }
    }

    private void Learn(in KernelEvent happened)
    {
        ulong id = happened.Fields.exec_id;
        if (Execs.Learn(id, happened.Fields.parent_exec_id, happened.Path, happened.Second) is { } identity)
        {
            Learnt?.Invoke(id, identity);
        }
    }

    private void RecordAllowed(in KernelEvent happened, ExecIdentity? asker, bool isExec)
    {
        if (isExec)
        {
            string action = ActionNames[(int)PlanAction.ProcessExec];
            if (!happened.Second.IsEmpty)
            {
                Write(happened, asker, action, AuditReason.Permit, [], null, happened.Second);
            }

            Write(happened, asker, action, AuditReason.Permit, [], null, happened.Path);
            return;
        }

        for (uint rest = (uint)happened.Actions; rest != 0; rest &= rest - 1)
        {
            Write(happened, asker, ActionNames[BitOperations.TrailingZeroCount(rest)], AuditReason.Permit, [], null);
        }
    }

    private void RecordDenied(in KernelEvent happened, ExecIdentity? asker)
    {
        AuditReason reason = ReasonText.ToAudit(happened.Reason);
        VerdictReason expected = happened.Reason == EventReason.Forbid ? VerdictReason.Forbidden : VerdictReason.NoPermit;
        if (happened.Actions == PlanActionMask.None)
        {
            Write(happened, asker, null, reason, [], null);
        }

        for (uint rest = (uint)happened.Actions; rest != 0; rest &= rest - 1)
        {
            PlanAction action = (PlanAction)BitOperations.TrailingZeroCount(rest);
            Explanation? explanation = Explain(happened, asker, action);

            // A rename or an open can lack one action by a forbid and another for want of a permit; the event has one reason for all.
            bool isOne = BitOperations.PopCount((uint)happened.Actions) == 1;
            if (explanation is null || explanation.Verdict.Allowed || (isOne && explanation.Verdict.Reason != expected))
            {
                Write(happened, asker, ActionNames[(int)action], reason, [], "the statements that decided are not known");
                continue;
            }

            Write(happened, asker, ActionNames[(int)action], ToAudit(explanation.Verdict.Reason), [.. explanation.PolicyIds], null);
        }
    }

    private static AuditReason ToAudit(VerdictReason reason) => reason switch
    {
        VerdictReason.Forbidden => AuditReason.Forbid,
        VerdictReason.NoPermit => AuditReason.NoPermit,
        VerdictReason.Permitted => AuditReason.Permit,
        VerdictReason.Undecidable => AuditReason.Unresolvable,
    };

    /// <summary>The same decision made again, to name its statements; null when what it was made on is not known.</summary>
    private Explanation? Explain(in KernelEvent happened, ExecIdentity? asker, PlanAction action)
    {
        if (asker is null || generations.Find(happened.Fields.generation) is not { } generation)
        {
            return null;
        }

        int principal = generation.PrincipalOf(asker);
        PlanDecider decider = generation.Decider;
        switch (happened.Kind)
        {
            case EventKind.Endpoint:
                IPAddress address = new(happened.Address);
                TransportProtocol protocol = happened.Fields.protocol == ProtocolUdp ? TransportProtocol.Udp : TransportProtocol.Tcp;
                Endpoint endpoint = new(address, happened.Fields.port, protocol, namesFor(address).AsSpan());
                return decider.ExplainEndpoint(principal, endpoint, action);
            case EventKind.Process:
                return decider.ExplainProcess(principal, action);
            case EventKind.Path or EventKind.Exec when action == PlanAction.ProcessExec:
                ReadOnlySpan<byte> all = happened.Arguments;
                int first = all.IndexOf((byte)0);
                ExecArguments arguments = new(first < 0 ? all : all[..first], first < 0 ? default : all[(first + 1)..], happened.Second);
                return decider.ExplainExec(principal, happened.Path, arguments);
            case EventKind.Path:
                Explanation one = decider.Explain(principal, happened.Path, action);
                return one.Verdict.Allowed && !happened.Second.IsEmpty ? decider.Explain(principal, happened.Second, action) : one;
            default:
                return null;
        }
    }

    private void Write(
        in KernelEvent happened, ExecIdentity? asker, string? action, AuditReason reason, ReadOnlySpan<string> policies, string? detail)
    {
        if (happened.Kind == EventKind.Endpoint)
        {
            WriteEndpoint(happened, asker, action, reason, policies, detail);
            return;
        }

        Write(happened, asker, action, reason, policies, detail, happened.Path, happened.Second);
    }

    private void WriteEndpoint(
        in KernelEvent happened, ExecIdentity? asker, string? action, AuditReason reason, ReadOnlySpan<string> policies, string? detail)
    {
        IPAddress address = new(happened.Address);
        ImmutableArray<string> names = namesFor(address);
        Span<byte> text = stackalloc byte[64];
        address.TryFormat(text, out int length);
        ReadOnlySpan<byte> name = names.IsDefaultOrEmpty ? default : System.Text.Encoding.ASCII.GetBytes(names[^1]);
        Write(
            happened, asker, action, reason, policies, detail, name.IsEmpty ? text[..length] : name, default,
            name.IsEmpty ? default : text[..length]);
    }

    private void Write(
        in KernelEvent happened, ExecIdentity? asker, string? action, AuditReason reason, ReadOnlySpan<string> policies, string? detail,
        ReadOnlySpan<byte> resource, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> address = default)
    {
        ref readonly LeashEvent fields = ref happened.Fields;
        audit.Record(new AuditRecord
        {
            Verdict = fields.verdict switch
            {
                EventVerdict.Allow => AuditVerdict.Allow,
                EventVerdict.WouldDeny => AuditVerdict.WouldDeny,
                _ => AuditVerdict.Deny,
            },
            Reason = reason,
            Action = action,
            Syscall = fields.syscall < 0 ? null : SyscallNumber.NameOf(fields.syscall),
            Policies = policies,
            Resource = resource,
            SecondResource = second,
            Address = address,
            Port = happened.Kind == EventKind.Endpoint ? fields.port : 0,
            Protocol = happened.Kind != EventKind.Endpoint ? null : fields.protocol switch
            {
                ProtocolTcp => "tcp",
                ProtocolUdp => "udp",
                _ => null,
            },
            Exe = asker?.Exe ?? [],
            Arguments = happened.Arguments,
            Pid = (int)fields.pid,
            Tid = (int)fields.tid,
            Principal = (int)fields.principal,
            Errno = fields.error,
            Detail = detail,
            Time = _clock.ToUtcTicks(fields.time),
            Count = (int)Math.Clamp(fields.count, 1u, int.MaxValue),
        });
    }

    private static string[] BuildNames()
    {
        string[] names = new string[(int)PlanAction.DnsQuery + 1];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = ((PlanAction)i).Name();
        }

        return names;
    }
}
