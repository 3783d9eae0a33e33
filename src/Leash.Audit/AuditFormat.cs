using System.Security.Cryptography;
using System.Text;

namespace Leash.Audit;

/// <summary>What the lines of a log look like. Format 1; a change of meaning gets another number.</summary>
internal static class AuditFormat
{
    public const int Version = 1;

    public const string Session = "session";
    public const string Operation = "operation";
    public const string Outcome = "outcome";
    public const string Gap = "gap";
    public const string Resumed = "resumed";
    public const string Exchanged = "policies";
    public const string End = "end";

    public static void WriteHeader(JsonLine line, long sequence, long time, SessionHeader header)
    {
        Begin(line, sequence, time, Session);
        line.Member("format"u8, Version);
        line.Member("session"u8, header.SessionId);
        line.Member("version"u8, header.Version);
        line.BeginArray("command"u8);
        foreach (var argument in header.Command)
        {
            line.Element(argument);
        }

        line.EndArray();
        line.Member("workspace"u8, header.Workspace);
        line.Member("mode"u8, header.Mode);
        line.Member("enforcer"u8, header.Enforcer);
        WritePolicies(line, header.Policies);
        line.Member("machine"u8, header.Machine);
        if (header.User is { } user)
        {
            line.Member("user"u8, user);
        }

        line.Member("uid"u8, header.Uid);
    }

    public static void WriteOperation(JsonLine line, long sequence, AuditSlot slot)
    {
        if (slot.Outcome is { } outcome)
        {
            WriteOutcome(line, sequence, slot, outcome);
            return;
        }

        Begin(line, sequence, slot.Time, Operation);
        line.Member("verdict"u8, slot.Verdict.Word());
        line.Member("reason"u8, slot.Reason.Word());
        Optional(line, "action"u8, slot.Action);
        Optional(line, "syscall"u8, slot.Syscall);
        if (!slot.Policies.IsEmpty)
        {
            line.BeginArray("policies"u8);
            foreach (var policy in slot.Policies)
            {
                line.Element(policy);
            }

            line.EndArray();
        }

        Optional(line, "resource"u8, slot.Resource);
        Optional(line, "second"u8, slot.SecondResource);
        Optional(line, "address"u8, slot.Address);
        Optional(line, "port"u8, slot.Port);
        Optional(line, "protocol"u8, slot.Protocol);
        Optional(line, "request"u8, slot.Request);
        Optional(line, "method"u8, slot.Method);
        Optional(line, "target"u8, slot.Target);
        Optional(line, "exe"u8, slot.Exe);
        WriteArguments(line, slot);
        Optional(line, "pid"u8, slot.Pid);
        Optional(line, "tid"u8, slot.Tid);
        line.Member("principal"u8, slot.Principal);
        Optional(line, "errno"u8, slot.Errno);
        Optional(line, "detail"u8, slot.Detail);
        Optional(line, "count"u8, slot.Count == 1 ? 0 : slot.Count);
    }

    private static void WriteOutcome(JsonLine line, long sequence, AuditSlot slot, AuditOutcome outcome)
    {
        Begin(line, sequence, slot.Time, Outcome);
        line.Member("request"u8, slot.Request);
        Optional(line, "status"u8, outcome.Status);
        line.Member("sent"u8, outcome.Sent);
        line.Member("received"u8, outcome.Received);
        line.Member("ms"u8, outcome.Milliseconds);
        Optional(line, "detail"u8, slot.Detail);
    }

    public static void WriteGap(JsonLine line, long sequence, long time, long dropped)
    {
        Begin(line, sequence, time, Gap);
        line.Member("dropped"u8, dropped);
    }

    public static void WriteResumed(JsonLine line, long sequence, long time, long cut, string why)
    {
        Begin(line, sequence, time, Resumed);
        line.Member("cut"u8, cut);
        line.Member("detail"u8, why);
    }

    public static void WriteExchanged(JsonLine line, long sequence, long time, IEnumerable<PolicyOrigin> policies)
    {
        Begin(line, sequence, time, Exchanged);
        WritePolicies(line, policies);
    }

    public static void WriteEnd(JsonLine line, long sequence, long time, AuditCounts counts, int exitCode)
    {
        Begin(line, sequence, time, End);
        line.Member("allowed"u8, counts.Allowed);
        line.Member("denied"u8, counts.Denied);
        line.Member("would_deny"u8, counts.WouldDeny);
        line.Member("dropped"u8, counts.Dropped);
        line.Member("exit"u8, exitCode);
    }

    private static void Begin(JsonLine line, long sequence, long time, string kind)
    {
        line.Begin();
        line.Member("seq"u8, sequence);
        line.Time("time"u8, time);
        line.Member("kind"u8, kind);
    }

    private static void WritePolicies(JsonLine line, IEnumerable<PolicyOrigin> policies)
    {
        line.BeginArray("policies"u8);
        foreach (var policy in policies)
        {
            line.BeginObject();
            line.Member("layer"u8, policy.Layer);
            line.Member("name"u8, policy.Name);
            line.Member("sha256"u8, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.Text))));
            line.EndObject();
        }

        line.EndArray();
    }

    private static void WriteArguments(JsonLine line, AuditSlot slot)
    {
        var rest = slot.Arguments;
        if (rest.IsEmpty)
        {
            return;
        }

        line.BeginArray("args"u8);
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)0);
            line.Element(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        line.EndArray();
        if (slot.IsArgumentsCut)
        {
            line.Member("args_cut"u8, true);
        }
    }

    private static void Optional(JsonLine line, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            line.Member(name, value);
        }
    }

    private static void Optional(JsonLine line, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            line.Member(name, value);
        }
    }

    private static void Optional(JsonLine line, ReadOnlySpan<byte> name, long value)
    {
        if (value != 0)
        {
            line.Member(name, value);
        }
    }
}
