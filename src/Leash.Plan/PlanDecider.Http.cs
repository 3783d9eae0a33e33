using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>A change of headers that the plan makes, and the policy that says so.</summary>
/// <param name="Edit">The change.</param>
/// <param name="PolicyId">The id of the permit that proposes it.</param>
public sealed record PlannedEdit(HeaderEdit Edit, string PolicyId);

/// <summary>Decisions about requests that a gateway has read.</summary>
public sealed partial class PlanDecider
{
    /// <summary>
    /// Decides a request as a whole: <see cref="PlanAction.NetworkConnect"/> to its host is permitted; no forbid on either action matches; and
    /// when a permit on <see cref="PlanAction.HttpRequest"/> can apply to the host, one matches. It can apply when there are a port and answers
    /// to its tests on method, path, query, scheme and headers, each for itself, for which it is satisfied.
    /// </summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="endpoint">Where the request would be sent: over TCP, known by the one name that it was sent to, or by none.</param>
    /// <param name="message">The request.</param>
    public Verdict DecideHttp(int principal, in Endpoint endpoint, HttpMessage message) => DecideHttp(principal, endpoint, message, null);

    /// <summary>As <see cref="DecideHttp(int, in Endpoint, HttpMessage)"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainHttp(int principal, in Endpoint endpoint, HttpMessage message)
    {
        List<PlanStatement> found = [];
        var verdict = DecideHttp(principal, endpoint, message, found);

        // Without a permit for the request, that connecting is permitted explains nothing.
        return verdict.Reason == VerdictReason.NoPermit ? new Explanation(verdict, []) : Explain(verdict, found);
    }

    /// <summary>
    /// The changes of headers for requests to a host. Each is proposed by a permit on <see cref="PlanAction.HttpRewrite"/> that is satisfied by
    /// it, and no forbid matches it. They may contradict each other.
    /// </summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="endpoint">As for <see cref="DecideHttp(int, in Endpoint, HttpMessage)"/>.</param>
    public ImmutableArray<PlannedEdit> EditsFor(int principal, in Endpoint endpoint) =>
        _principals.TryGet(principal, out var asking) && IsOneHost(endpoint) ? _http.Rewrite(asking, endpoint, NameOf(endpoint)) : [];

    /// <summary>
    /// Whether statements on <see cref="PlanAction.HttpRequest"/> can deny some request to a host: a forbid can apply, or a permit can and none permits
    /// all. Then bytes that are not understood as requests must not go there. True also of what cannot be decided.
    /// </summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="endpoint">As for <see cref="DecideHttp(int, in Endpoint, HttpMessage)"/>.</param>
    public bool RestrictsRequests(int principal, in Endpoint endpoint) =>
        !_principals.TryGet(principal, out var asking) || !IsOneHost(endpoint) || _http.Restricts(asking, endpoint, NameOf(endpoint));

    private static bool IsOneHost(in Endpoint endpoint) => endpoint.Names.Length <= 1 && endpoint.Protocol == TransportProtocol.Tcp;

    private static string? NameOf(in Endpoint endpoint) => endpoint.Names.IsEmpty ? null : endpoint.Names[0];

    private Verdict DecideHttp(int principal, in Endpoint endpoint, HttpMessage message, List<PlanStatement>? found)
    {
        if (!_principals.TryGet(principal, out var asking) || !IsOneHost(endpoint))
        {
            return default; // FAIL-CLOSED: undecidable
        }

        var name = NameOf(endpoint);
        var connect = DecideEndpoint(asking, endpoint, name, PlanAction.NetworkConnect, found);
        var request = _http.Decide(asking, endpoint, name, message, found);
        return Verdict.Of(
            connect.Allowed && (request.IsPermitted || !request.IsListed),
            request.IsForbidden || connect.Reason == VerdictReason.Forbidden);
    }
}
