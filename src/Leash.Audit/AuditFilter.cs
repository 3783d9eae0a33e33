namespace Leash.Audit;

/// <summary>Which operations to show. A condition that is null holds for all.</summary>
public sealed record AuditFilter
{
    /// <summary>Only what was denied or would have been.</summary>
    public bool DeniedOnly { get; init; }

    /// <summary>The name of a Cedar action, exactly, or a system call's.</summary>
    public string? Action { get; init; }

    /// <summary>A part of a resource.</summary>
    public string? Resource { get; init; }

    /// <summary>The executable, exactly, or its last component.</summary>
    public string? Exe { get; init; }

    /// <summary>The id of a determining policy.</summary>
    public string? Policy { get; init; }

    public bool Matches(AuditEntry entry)
    {
        if (entry.Kind != AuditFormat.Operation)
        {
            return !DeniedOnly && Action is null && Resource is null && Exe is null && Policy is null;
        }

        return (!DeniedOnly || entry.Verdict != AuditVerdict.Allow.Word())
            && (Action is null || entry.Action == Action || entry.Syscall == Action)
            && (Resource is null || entry.Resource.Contains(Resource, StringComparison.Ordinal)
                || entry.SecondResource.Contains(Resource, StringComparison.Ordinal)
                || entry.Target.Contains(Resource, StringComparison.Ordinal))
            && (Exe is null || entry.Exe == Exe || entry.Exe.EndsWith("/" + Exe, StringComparison.Ordinal))
            && (Policy is null || entry.Policies.Contains(Policy, StringComparer.Ordinal));
    }
}
