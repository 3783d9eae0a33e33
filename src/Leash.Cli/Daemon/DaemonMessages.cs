using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Leash.Policy;

namespace Leash.Cli.Daemon;

/// <summary>What is asked of the daemon. Each request has one reply.</summary>
internal enum DaemonRequestKind
{
    /// <summary>Hold a session; the connection is the owner's from then on.</summary>
    Begin,

    /// <summary>As the owner of a session that is held: again after the daemon was restarted.</summary>
    Attach,

    /// <summary>Write a record of the owner's own into the log.</summary>
    Record,

    /// <summary>Names that an address was learnt under, for the log.</summary>
    Names,

    /// <summary>Exchange the policies.</summary>
    Apply,

    /// <summary>The session has ended: finish its log, remove what it has in the kernel.</summary>
    End,
}

/// <summary>One request; members that its kind does not have are empty.</summary>
internal sealed record DaemonRequest
{
    public required DaemonRequestKind Kind { get; init; }

    /// <summary>The session, of <see cref="DaemonRequestKind.Attach"/>.</summary>
    public string Id { get; init; } = "";

    public HeldSession? Session { get; init; }

    public ForwardedRecord? Record { get; init; }

    public string Address { get; init; } = "";

    public ImmutableArray<string> Names { get; init; } = [];

    public ImmutableArray<PolicyDocument> Documents { get; init; } = [];

    /// <summary>The policies' plan as the kernel reads it.</summary>
    public byte[] Pages { get; init; } = [];

    public int ExitCode { get; init; }
}

/// <summary>The answer.</summary>
/// <param name="Error">What went wrong; null when nothing did.</param>
/// <param name="Unknown">Images that processes run and whose start was not recorded: a new plan that tells programs apart denies them everything.</param>
internal sealed record DaemonReply(string? Error = null, int Unknown = 0);

[JsonSerializable(typeof(HeldSession))]
[JsonSerializable(typeof(DaemonRequest))]
[JsonSerializable(typeof(DaemonReply))]
internal sealed partial class DaemonJson : JsonSerializerContext;
