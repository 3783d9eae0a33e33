namespace Leash.Enforcement.Seccomp;

/// <summary>What a policy's denial does. Structural denials (mounts, raw sockets, tracing outside …) stay denied in every mode.</summary>
internal enum EnforcementMode
{
    /// <summary>Denied operations fail.</summary>
    Enforce,

    /// <summary>Denied operations are recorded as <c>would_deny</c> and happen.</summary>
    Shadow,

    /// <summary>Everything happens and is recorded.</summary>
    Record,
}
