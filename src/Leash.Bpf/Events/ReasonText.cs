using Leash.Audit;

namespace Leash.Bpf.Events;

/// <summary>The kernel programs' reasons in the words of the log.</summary>
internal static class ReasonText
{
    /// <summary>The reason of a record.</summary>
    public static AuditReason ToAudit(EventReason reason) => reason switch
    {
        EventReason.Permit => AuditReason.Permit,
        EventReason.NoPermit => AuditReason.NoPermit,
        EventReason.Forbid => AuditReason.Forbid,
        EventReason.Protected or EventReason.Structural or EventReason.Anonymous or EventReason.Frozen => AuditReason.Structural,
        EventReason.Outside or EventReason.TooLong or EventReason.Deleted or EventReason.Renamed or EventReason.Unreadable
            => AuditReason.Unresolvable,
        EventReason.Arguments => AuditReason.ExecRace,
        _ => AuditReason.EnforcementError,
    };

    /// <summary>One line for people; null when the record says it all.</summary>
    public static string? Detail(EventReason reason) => reason switch
    {
        EventReason.Permit or EventReason.NoPermit or EventReason.Forbid => null,
        EventReason.Protected => "leash's own files",
        EventReason.Structural => "no policy governs this",
        EventReason.Anonymous => "an executable without a path",
        EventReason.Frozen => "the session is frozen",
        EventReason.Outside => "the path does not lead to the session's root",
        EventReason.TooLong => "the path is too long",
        EventReason.Deleted => "the file has no name any more",
        EventReason.Renamed => "the tree kept changing while the path was read",
        EventReason.Unreadable => "memory could not be read",
        EventReason.NoPlan => "there was no plan to decide by",
        EventReason.NoPrincipal => "the plan does not know what this process runs",
        EventReason.Arguments => "the arguments changed between the decision and the start",
        EventReason.NoStorage => "there was no memory for the process's state",
        _ => "the kernel programs gave no reason",
    };

    /// <summary>What was wrong with a sample, for people.</summary>
    public static string Detail(EventFault fault) => fault switch
    {
        EventFault.None => "",
        EventFault.Short => "an event of the kernel programs cannot be read: it is too short",
        EventFault.Misplaced => "an event of the kernel programs cannot be read: it is not aligned",
        EventFault.Kind => "an event of the kernel programs cannot be read: its kind is unknown",
        EventFault.Verdict => "an event of the kernel programs cannot be read: its verdict is unknown",
        EventFault.Reason => "an event of the kernel programs cannot be read: its reason is unknown",
        EventFault.Actions => "an event of the kernel programs cannot be read: its actions are unknown",
        EventFault.Texts => "an event of the kernel programs cannot be read: its texts are longer than itself",
        EventFault.Address => "an event of the kernel programs cannot be read: its address is malformed",
    };
}
