using System.Numerics;
using Leash.Audit;
using Leash.Enforcement.Labels;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Seccomp;

/// <summary>Writes what was decided about system calls to the session's audit sink, and applies the mode to denials.</summary>
internal sealed class AuditTrail(EnforcerServices services)
{
    private static readonly string[] ActionNames = BuildNames();

    public void Allowed(SyscallContext context, PlanActionMask actions, ReadOnlySpan<byte> resource, ReadOnlySpan<byte> second)
    {
        for (uint rest = (uint)actions; rest != 0; rest &= rest - 1)
        {
            services.Audit.Record(new AuditRecord
            {
                Verdict = AuditVerdict.Allow,
                Reason = AuditReason.Permit,
                Action = ActionNames[BitOperations.TrailingZeroCount(rest)],
                Syscall = SyscallNumber.NameOf(context.Number),
                Resource = resource,
                SecondResource = second,
                Exe = context.Label.Exe,
                Pid = context.RecentTgid,
                Tid = context.Tid,
                Principal = context.Principal,
            });
        }
    }

    /// <summary>Records an exec that has happened.</summary>
    public void AllowedExec(SyscallContext context, ReadOnlySpan<byte> path, ReadOnlySpan<byte> arguments) =>
        services.Audit.Record(new AuditRecord
        {
            Verdict = AuditVerdict.Allow,
            Reason = AuditReason.Permit,
            Action = ActionNames[(int)PlanAction.ProcessExec],
            Syscall = SyscallNumber.NameOf(context.Number),
            Resource = path,
            Arguments = arguments,
            Exe = context.Label.Exe,
            Pid = context.RecentTgid,
            Tid = context.Tid,
            Principal = context.Principal,
        });

    /// <summary>Records every missing action; true when the mode lets the operation happen nevertheless.</summary>
    public bool DeniedPath(SyscallContext context, PlanActionMask missing, ReadOnlySpan<byte> path, ReadOnlySpan<byte> second)
    {
        bool mayGoOn = true;
        foreach (PlanAction action in missing.Members())
        {
            Explanation explanation = context.Decider.Explain(context.Principal, path, action);
            mayGoOn &= Write(context, action, explanation, path, second, default);
        }

        return mayGoOn;
    }

    /// <summary>Records a denied exec; true when the mode lets it happen nevertheless.</summary>
    public bool DeniedExec(SyscallContext context, ReadOnlySpan<byte> path, in ExecArguments arguments) =>
        Write(
            context, PlanAction.ProcessExec, context.Decider.ExplainExec(context.Principal, path, arguments), path, default,
            arguments.Arguments);

    /// <summary>Records a denial of anything but a path; true when the mode lets the operation happen nevertheless.</summary>
    public bool Denied(
        SyscallContext context, Verdict verdict, PlanAction action, ReadOnlySpan<byte> resource, ReadOnlySpan<byte> second)
    {
        Explanation explanation = action is PlanAction.ProcessTrace or PlanAction.ProcessSignal
            ? context.Decider.ExplainProcess(context.Principal, action)
            : new Explanation(verdict, []);
        return Write(context, action, explanation, resource, second, default);
    }

    /// <summary>What no policy can allow; denied in every mode.</summary>
    public void DeniedStructurally(SyscallContext context, PlanActionMask actions, ReadOnlySpan<byte> resource, string why, int errno = Errno.EACCES)
    {
        string? action = actions == PlanActionMask.None ? null : ActionNames[BitOperations.TrailingZeroCount((uint)actions)];
        WriteDenial(context, AuditReason.Structural, action, resource, why, errno);
    }

    public void Unresolvable(SyscallContext context, int errno) =>
        WriteDenial(context, AuditReason.Unresolvable, null, context.Path.Bytes, $"the kernel names no path (errno {errno})", Errno.EACCES);

    /// <summary>The enforcer itself failed; the operation is denied.</summary>
    public void Failed(SyscallContext context, string what) =>
        WriteDenial(context, AuditReason.EnforcementError, null, default, what, Errno.EACCES);

    /// <summary>An exec started something else than what was decided, and was killed.</summary>
    public void ExecRace(SyscallContext context, ReadOnlySpan<byte> path, string what) =>
        WriteDenial(context, AuditReason.ExecRace, ActionNames[(int)PlanAction.ProcessExec], path, what, 0);

    private bool Write(
        SyscallContext context,
        PlanAction action,
        Explanation explanation,
        ReadOnlySpan<byte> resource,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> arguments)
    {
        bool isEnforced = services.Mode == EnforcementMode.Enforce;
        string[] policies = [.. explanation.PolicyIds];
        services.Audit.Record(new AuditRecord
        {
            Verdict = isEnforced ? AuditVerdict.Deny : AuditVerdict.WouldDeny,
            Reason = explanation.Verdict.Reason switch
            {
                VerdictReason.Forbidden => AuditReason.Forbid,
                VerdictReason.NoPermit => AuditReason.NoPermit,
                VerdictReason.Permitted => AuditReason.Permit,
                VerdictReason.Undecidable => AuditReason.Unresolvable,
            },
            Action = ActionNames[(int)action],
            Syscall = SyscallNumber.NameOf(context.Number),
            Policies = policies,
            Resource = resource,
            SecondResource = second,
            Arguments = arguments,
            Exe = context.Label.Exe,
            Pid = context.Tgid,
            Tid = context.Tid,
            Principal = context.Principal,
            Errno = isEnforced ? Errno.EACCES : 0,
        });
        return !isEnforced;
    }

    private void WriteDenial(
        SyscallContext context, AuditReason reason, string? action, ReadOnlySpan<byte> resource, string detail, int errno)
    {
        Label? label = context.HasLabel ? context.Label : null;
        services.Audit.Record(new AuditRecord
        {
            Verdict = AuditVerdict.Deny,
            Reason = reason,
            Action = action,
            Syscall = SyscallNumber.NameOf(context.Number),
            Resource = resource,
            Exe = label?.Exe ?? [],
            Pid = context.Tgid,
            Tid = context.Tid,
            Principal = label?.Principal ?? -1,
            Errno = errno,
            Detail = detail,
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
