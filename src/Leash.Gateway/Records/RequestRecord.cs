using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;

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
    long Id, string Method, string Scheme, string Host, int Port, string Path, string Query, IPAddress? Address, GatewayProcess? Process) : DecisionRecord(Id, Process)
{
    /// <summary>Names of headers that were rewritten.</summary>
    public ImmutableArray<string> RewrittenHeaders { get; init; } = [];

    /// <summary>Names of headers that were not rewritten, because the request does not go over https.</summary>
    public ImmutableArray<string> WithheldHeaders { get; init; } = [];

    /// <summary>Names of secrets whose placeholders were sent where they are not replaced.</summary>
    public ImmutableArray<string> MisplacedSecrets { get; init; } = [];
}
