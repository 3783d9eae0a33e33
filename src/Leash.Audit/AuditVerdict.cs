namespace Leash.Audit;

/// <summary>What an enforcer did.</summary>
public enum AuditVerdict
{
    /// <summary>The operation failed. The default, so a forgotten field is never an "allow".</summary>
    Deny,

    /// <summary>The operation happened because of the mode, though the policy denies it.</summary>
    WouldDeny,

    /// <summary>The operation happened.</summary>
    Allow,
}

/// <summary>Why the verdict is what it is.</summary>
public enum AuditReason
{
    /// <summary>The enforcer failed on the way to a verdict; <see cref="AuditRecord.Detail"/> says how.</summary>
    EnforcementError,

    /// <summary>A permit matched and no forbid: <see cref="AuditRecord.Policies"/>.</summary>
    Permit,

    /// <summary>A forbid matched: <see cref="AuditRecord.Policies"/>.</summary>
    Forbid,

    /// <summary>No permit matched.</summary>
    NoPermit,

    /// <summary>No policy can allow it (mounts, raw sockets, tracing outside the session …); <see cref="AuditRecord.Detail"/> says why.</summary>
    Structural,

    /// <summary>The object could not be named: too long, unlinked, unreachable from the session's root.</summary>
    Unresolvable,

    /// <summary>What an exec started was not what had been decided; the process was killed before its first instruction.</summary>
    ExecRace,

    /// <summary>A public name was answered with a private address.</summary>
    Rebinding,
}

/// <summary>The words of the log.</summary>
public static class AuditWords
{
    public static string Word(this AuditVerdict verdict) => verdict switch
    {
        AuditVerdict.Deny => "deny",
        AuditVerdict.WouldDeny => "would_deny",
        AuditVerdict.Allow => "allow",
    };

    public static string Word(this AuditReason reason) => reason switch
    {
        AuditReason.EnforcementError => "enforcement_error",
        AuditReason.Permit => "permit",
        AuditReason.Forbid => "forbid",
        AuditReason.NoPermit => "no_permit",
        AuditReason.Structural => "structural",
        AuditReason.Unresolvable => "unresolvable",
        AuditReason.ExecRace => "exec_race",
        AuditReason.Rebinding => "rebinding",
    };

    /// <summary>The verdict of a word; a deny when the word is unknown.</summary>
    internal static AuditVerdict VerdictOf(string word) =>
        word == AuditVerdict.Allow.Word() ? AuditVerdict.Allow : word == AuditVerdict.WouldDeny.Word() ? AuditVerdict.WouldDeny : AuditVerdict.Deny;

    /// <summary>The reason of a word; a failure when the word is unknown.</summary>
    internal static AuditReason ReasonOf(string word)
    {
        for (var reason = AuditReason.EnforcementError; reason <= AuditReason.Rebinding; reason++)
        {
            if (reason.Word() == word)
            {
                return reason;
            }
        }

        return AuditReason.EnforcementError;
    }
}
