using Leash.Gateway.Decisions;
using Leash.Gateway.Hosts;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Http;

/// <summary>From a request to a recorded verdict.</summary>
internal sealed class RequestDecisions(CurrentDecider current, HostAgreement agreement, GatewayJournal journal)
{
    private const int MaxMethod = 32;
    private const int MaxUnreadPath = 1024;

    /// <summary>A request that was decided about.</summary>
    /// <param name="Record">As recorded; <see cref="RequestRecord.Refusal"/> says whether it goes on.</param>
    /// <param name="Facts">Null when it could not even be read.</param>
    /// <param name="Verdict">Null when the policy was not asked, or failed.</param>
    /// <param name="Decider">Who decided.</param>
    public sealed record Decided(RequestRecord Record, HttpRequestFacts? Facts, GatewayVerdict? Verdict, IHttpDecider Decider);

    public async ValueTask<Decided> DecideAsync(HttpContext context, InterceptedConnection connection)
    {
        if (RequestReader.Read(context, connection, out var head) is { } unreadable)
        {
            return Refuse(Unread(context, connection) with { Reason = unreadable.Reason }, null, unreadable.Refusal, current.Decider);
        }

        var agreed = await agreement.CheckAsync(head, connection, context.RequestAborted).ConfigureAwait(false);
        var facts = new HttpRequestFacts(head.Request, agreed.Address, connection.Route.Process) { IsUpgrade = head.IsUpgrade };
        // Not before: asking for names may take long, and the policy may be another one then.
        var decider = current.Decider;
        return agreed.Refusal is { } disagreement
            ? Refuse(ToRecord(facts), facts, disagreement, decider)
            : Decide(facts, decider);
    }

    /// <summary>A record of a request that nothing but the parser has seen.</summary>
    public void RecordMalformed(InterceptedConnection connection) =>
        journal.Decided(new RequestRecord(
            journal.NextId(), "", connection.Scheme, connection.CertificateHost, connection.Route.Port, "", "", connection.Route.Address, connection.Route.Process)
        {
            Refusal = GatewayRefusal.MalformedRequest,
        });

    private Decided Decide(HttpRequestFacts facts, IHttpDecider decider)
    {
        GatewayVerdict verdict;
        try
        {
            verdict = decider.DecideRequest(facts);
        }
        catch (Exception)
        {
            // FAIL-CLOSED: and without the exception's text, which may hold whatever the decider held.
            return Refuse(ToRecord(facts), facts, GatewayRefusal.DeciderFailed, decider);
        }

        var record = ToRecord(facts, verdict);
        if (!verdict.IsAllowed)
        {
            return Refuse(record, facts, GatewayRefusal.Denied, decider, verdict);
        }

        journal.Decided(record);
        return new Decided(record, facts, verdict, decider);
    }

    private Decided Refuse(RequestRecord record, HttpRequestFacts? facts, GatewayRefusal refusal, IHttpDecider decider, GatewayVerdict? verdict = null)
    {
        var refused = record with { Refusal = refusal };
        journal.Decided(refused);
        return new Decided(refused, facts, verdict, decider);
    }

    private RequestRecord ToRecord(HttpRequestFacts facts) => new(
        journal.NextId(), Shorten(facts.Method), facts.Scheme, facts.Host, facts.Port, facts.Path, journal.Show(facts.Query), facts.Address, facts.Process);

    private RequestRecord ToRecord(HttpRequestFacts facts, GatewayVerdict verdict)
    {
        var rewritten = verdict.Rewrites.Select(rewrite => rewrite.Name).Distinct(StringComparer.OrdinalIgnoreCase);
        var isMade = facts.Scheme == "https";
        return ToRecord(facts) with
        {
            IsDeniedUnenforced = verdict.Effect == GatewayEffect.WouldDeny,
            Reason = verdict.Reason,
            Help = verdict.Help,
            PolicyIds = verdict.PolicyIds,
            RewrittenHeaders = isMade ? [.. rewritten] : [],
            WithheldHeaders = isMade ? verdict.WithheldHeaders : [.. verdict.WithheldHeaders, .. rewritten],
            MisplacedSecrets = verdict.MisplacedSecrets,
        };
    }

    /// <summary>What a refused request seems to say: cut, escaped by whoever prints it, and without its query.</summary>
    private RequestRecord Unread(HttpContext context, InterceptedConnection connection)
    {
        var path = context.Request.Path.ToUriComponent();
        var host = context.Request.Headers.Host is [{ } text] && Authority.TryParse(text, connection.Route.Port, out var authority) ? authority.Host : connection.CertificateHost;
        return new RequestRecord(
            journal.NextId(), Shorten(context.Request.Method), connection.Scheme, host, connection.Route.Port,
            path.Length <= MaxUnreadPath ? path : path[..MaxUnreadPath], "", connection.Route.Address, connection.Route.Process);
    }

    private static string Shorten(string method) => method.Length <= MaxMethod ? method : method[..MaxMethod];
}
