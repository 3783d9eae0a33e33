using System.Collections.Immutable;
using System.Net;
using Leash.Http.Canonical;
using Leash.Http.Rewriting;
using Leash.Plan;

namespace Leash.Policy.Http;

/// <summary>A session's plan as its gateway sees it. Pure; safe for any number of threads.</summary>
/// <param name="decider">Decides, and knows the principal classes.</param>
/// <param name="isEnforced">False in shadow and record mode: what is denied is sent, and said to be what would have been.</param>
public sealed class HttpPolicy(PlanDecider decider, bool isEnforced)
{
    /// <summary>Decides a request.</summary>
    /// <param name="principal">The class of the process that made the connection.</param>
    /// <param name="request">The request, which is forwarded exactly so.</param>
    /// <param name="address">Where it would be sent: the address that its host has.</param>
    /// <param name="isVerifiedTls">Whether it would be sent over TLS to a server that has shown a valid certificate for the host.</param>
    public HttpDecision Decide(int principal, CanonicalRequest request, IPAddress address, bool isVerifiedTls)
    {
        var endpoint = new Endpoint(address, request.Port, TransportProtocol.Tcp, request.Host.Name is { } name ? [name] : []);
        if (request.Host.IsAddress && request.Host.Address != Cidr.Single(endpoint.IsV4, endpoint.Address))
        {
            return Deny(HttpReason.Undecidable, [], "the address is not the one that the request names"); // FAIL-CLOSED: another host than asked for
        }

        var explanation = Explain(principal, endpoint, request, request.ToMessage());
        if (!explanation.Verdict.Allowed)
        {
            return Deny(ReasonOf(explanation.Verdict), explanation.Determining, HelpFor(principal, endpoint, request, explanation.Verdict));
        }

        if (FindDeniedReading(principal, endpoint, request) is { } denied)
        {
            return Deny(
                HttpReason.AmbiguousReading, denied.Explanation.Determining, HttpReadings.Describe(denied.Message, request.Path) + ", which is not permitted");
        }

        return WithEdits(explanation, request.IsTunnel ? [] : decider.EditsFor(principal, endpoint), isVerifiedTls);
    }

    /// <summary>
    /// Decides a connection whose bytes are passed on as they are: connecting is permitted, and no statement on requests restricts what the server
    /// may be asked. A server may read as a request what a gateway did not recognise as one.
    /// </summary>
    /// <param name="principal">The class of the process that made it.</param>
    /// <param name="names">The host's name, canonical, when the connection says it; else those that the resolver gave the address, or none.</param>
    /// <param name="address">Where it goes.</param>
    /// <param name="port">The port there.</param>
    public HttpDecision DecideConnection(int principal, ReadOnlySpan<string> names, IPAddress address, int port)
    {
        var explanation = decider.ExplainEndpoint(principal, new Endpoint(address, port, TransportProtocol.Tcp, names), PlanAction.NetworkConnect);
        if (!explanation.Verdict.Allowed)
        {
            var statement = explanation.Verdict.Reason == VerdictReason.NoPermit
                ? SmallestPermit.ForHost(PlanAction.NetworkConnect, names.IsEmpty ? TextOf(address) : names[0], port)
                : null;
            return Deny(ReasonOf(explanation.Verdict), explanation.Determining, statement is null ? null : $"this would permit it:\n{statement}");
        }

        return Restricts(principal, names, address, port)
            ? Deny(HttpReason.NotReadable, [], "statements on HttpRequest apply to the host, and this connection is not HTTP that can be read")
            : new HttpDecision(HttpOutcome.Allowed, HttpReason.Permitted, IdsOf(explanation.Determining), null, null, [], []);
    }

    private bool Restricts(int principal, ReadOnlySpan<string> names, IPAddress address, int port)
    {
        if (names.IsEmpty)
        {
            return decider.RestrictsRequests(principal, new Endpoint(address, port, TransportProtocol.Tcp, []));
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (decider.RestrictsRequests(principal, new Endpoint(address, port, TransportProtocol.Tcp, names.Slice(i, 1))))
            {
                return true;
            }
        }

        return false;
    }

    private static HttpReason ReasonOf(Verdict verdict) => verdict.Reason switch
    {
        VerdictReason.Undecidable => HttpReason.Undecidable,
        VerdictReason.NoPermit => HttpReason.NoPermit,
        VerdictReason.Forbidden => HttpReason.Forbidden,
        VerdictReason.Permitted => HttpReason.Permitted,
    };

    private static string TextOf(IPAddress address)
    {
        var endpoint = new Endpoint(address, 0, TransportProtocol.Tcp, []);
        return Cidr.FormatAddress(endpoint.IsV4, endpoint.Address);
    }

    private static ImmutableArray<string> IdsOf(IEnumerable<PlanStatement> statements) =>
        [.. statements.Select(statement => statement.PolicyId).Distinct(StringComparer.Ordinal)];

    /// <summary>A tunnel is the connection that it asks for: what is sent through it is decided when it is sent.</summary>
    private Explanation Explain(int principal, in Endpoint endpoint, CanonicalRequest request, HttpMessage message) => request.IsTunnel
        ? decider.ExplainEndpoint(principal, endpoint, PlanAction.NetworkConnect)
        : decider.ExplainHttp(principal, endpoint, message);

    private (HttpMessage Message, Explanation Explanation)? FindDeniedReading(int principal, in Endpoint endpoint, CanonicalRequest request)
    {
        foreach (var message in request.IsTunnel ? [] : HttpReadings.OthersOf(request.ToMessage()))
        {
            if (!decider.DecideHttp(principal, endpoint, message).Allowed)
            {
                return (message, decider.ExplainHttp(principal, endpoint, message));
            }
        }

        return null;
    }

    private HttpDecision WithEdits(Explanation explanation, ImmutableArray<PlannedEdit> edits, bool isVerifiedTls)
    {
        if (isVerifiedTls && HeaderEdits.FindContradiction(edits) is { } pair)
        {
            var decision = Deny(
                HttpReason.ContradictingRewrites, [],
                $"`{pair.One.PolicyId}` and `{pair.Other.PolicyId}` change the header `{pair.One.Edit.Header}` in different ways");
            return decision with { PolicyIds = [pair.One.PolicyId, pair.Other.PolicyId] };
        }

        return new HttpDecision(
            HttpOutcome.Allowed, HttpReason.Permitted, IdsOf(explanation.Determining), null, null, isVerifiedTls ? edits : [], isVerifiedTls ? [] : edits);
    }

    private HttpDecision Deny(HttpReason reason, IReadOnlyList<PlanStatement> determining, string? help) => new(
        isEnforced ? HttpOutcome.Denied : HttpOutcome.WouldDeny, reason, IdsOf(determining),
        determining.Select(statement => statement.Reason).FirstOrDefault(text => text is not null), help, [], []);

    /// <summary>The statement that would permit it, when it lacks one.</summary>
    private string? HelpFor(int principal, in Endpoint endpoint, CanonicalRequest request, Verdict verdict)
    {
        if (verdict.Reason != VerdictReason.NoPermit)
        {
            return null;
        }

        var host = request.Host.Name ?? request.Host.Address.ToString();
        var isConnectPermitted = decider.DecideEndpoint(principal, endpoint, PlanAction.NetworkConnect).Allowed;
        var statement = request.IsTunnel
            ? SmallestPermit.ForHost(PlanAction.NetworkConnect, host, request.Port)
            : SmallestPermit.ForRequest(host, request.Port, request.Method, request.Path, isConnectPermitted);
        return statement is null ? null : $"this would permit it:\n{statement}";
    }
}
