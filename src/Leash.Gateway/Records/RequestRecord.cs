using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;

namespace Leash.Gateway.Records;

/// <summary>One request and what was decided about it. There are no headers here, so none can leak; values of the query are hidden unless configured.</summary>
/// <param name="Id">Counts requests and connections of one gateway.</param>
/// <param name="Method">As sent, shortened when absurdly long.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">Canonical where it could be read.</param>
/// <param name="Port">The destination's port.</param>
/// <param name="Path">Canonical where it could be read.</param>
/// <param name="Query">With the question mark; see <see cref="QueryText"/>.</param>
/// <param name="Address">The address that the process connected to.</param>
/// <param name="Process">Who asked; null when not known.</param>
public sealed record RequestRecord(
    long Id, string Method, string Scheme, string Host, int Port, string Path, string Query, IPAddress? Address, GatewayProcess? Process)
{
    /// <summary>Why it was refused; null when it was allowed.</summary>
    public GatewayRefusal? Refusal { get; init; }

    /// <summary>Whether the policy denies it and is not enforced, so that it went on.</summary>
    public bool IsDeniedUnenforced { get; init; }

    /// <summary>What happened to it.</summary>
    public GatewayEffect Effect => Refusal is not null ? GatewayEffect.Deny : IsDeniedUnenforced ? GatewayEffect.WouldDeny : GatewayEffect.Allow;

    /// <summary>Why, in one line: of the policy's denial, or of a request that cannot be read.</summary>
    public string? Reason { get; init; }

    /// <summary>How to ask for access to what the policy denies.</summary>
    public string? Help { get; init; }

    /// <summary>The statements that decided.</summary>
    public ImmutableArray<string> PolicyIds { get; init; } = [];

    /// <summary>Names of headers that were rewritten.</summary>
    public ImmutableArray<string> RewrittenHeaders { get; init; } = [];

    /// <summary>Names of headers that were not rewritten, because the request does not go over https.</summary>
    public ImmutableArray<string> WithheldHeaders { get; init; } = [];

    /// <summary>Names of secrets whose placeholders were sent where they are not replaced.</summary>
    public ImmutableArray<string> MisplacedSecrets { get; init; } = [];
}
