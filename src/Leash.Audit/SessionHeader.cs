using System.Collections.Immutable;

namespace Leash.Audit;

/// <summary>What the first line of a log says about its session.</summary>
public sealed record SessionHeader
{
    public required string SessionId { get; init; }

    public required string Version { get; init; }

    public required ImmutableArray<string> Command { get; init; }

    public required string Workspace { get; init; }

    public required string Mode { get; init; }

    public required string Enforcer { get; init; }

    public required ImmutableArray<PolicyOrigin> Policies { get; init; }

    /// <summary>Kernel release and machine, as <c>6.18.0 x86_64</c>.</summary>
    public required string Machine { get; init; }

    public string? User { get; init; }

    public long Uid { get; init; }
}

/// <summary>A policy text that the session was started with; the log holds its SHA-256.</summary>
/// <param name="Layer">Which layer it belongs to.</param>
/// <param name="Name">Its file name.</param>
/// <param name="Text">The text, which is UTF-8 in its file.</param>
public sealed record PolicyOrigin(string Layer, string Name, string Text);

/// <summary>Numbers of the last line: what the log should hold.</summary>
/// <param name="Allowed">Operations allowed and recorded.</param>
/// <param name="Denied">Operations denied.</param>
/// <param name="WouldDeny">Operations that the policy denies and the mode let happen.</param>
/// <param name="Dropped">Allowed operations that were not recorded because the log could not keep up.</param>
public readonly record struct AuditCounts(long Allowed, long Denied, long WouldDeny, long Dropped);
