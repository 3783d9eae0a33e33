using System.Net;
using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Leash.Gateway.Http;

/// <summary>Serves one request: decides, forwards, records.</summary>
internal sealed class ExchangeHandler(
    RequestDecisions decisions, CurrentDecider current, ForwardingHandler forwarding, Dialer dialer, GatewayJournal journal, TimeProvider time, IHttpForwarder forwarder)
{
    // No activity time-out: a stream may be silent for as long as both ends like.
    private static readonly ForwarderRequestConfig Http1 = new()
    {
        Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower, ActivityTimeout = Timeout.InfiniteTimeSpan,
    };

    // What the client speaks is spoken to the destination too, where it can: HTTP/2 that the client did not want would only be slower.
    private static readonly ForwarderRequestConfig Http2 = Http1 with { Version = HttpVersion.Version20 };

    private static readonly ForwarderRequestConfig Http2Cleartext = Http2 with { VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    public async Task ServeAsync(HttpContext context)
    {
        await ExchangeAsync(context).ConfigureAwait(false);
        await UnreadBody.DrainAsync(context, time).ConfigureAwait(false);
    }

    private async Task ExchangeAsync(HttpContext context)
    {
        var connection = context.Features.Get<InterceptedConnection>()!;
        var decided = await decisions.DecideAsync(context, connection).ConfigureAwait(false);
        if (decided.Record.Refusal is not null || decided.Facts is null || decided.Verdict is null)
        {
            await Problem.WriteAsync(context, decided.Record).ConfigureAwait(false);
            return;
        }

        await ForwardAsync(context, decided.Record, new Allowed(decided.Facts, decided.Verdict, decided.Decider)).ConfigureAwait(false);
    }

    private async Task ForwardAsync(HttpContext context, RequestRecord record, Allowed allowed)
    {
        var start = time.GetTimestamp();
        var count = CountedExchange.Attach(context);
        GatewayRefusal? failure = GatewayRefusal.DestinationFailed;
        try
        {
            failure = await SendAsync(context, allowed).ConfigureAwait(false);
            if (failure == GatewayRefusal.ConnectFailed)
            {
                failure = await SendToOthersAsync(context, allowed.Facts).ConfigureAwait(false);
            }

            if (failure is not null)
            {
                await Problem.WriteAsync(context, record with { Refusal = failure, Reason = null, Help = null }).ConfigureAwait(false);
            }
        }
        finally
        {
            var status = context.Response.HasStarted || failure is null ? context.Response.StatusCode : 0;
            journal.Ended(record, new FlowOutcome(status, count.Sent, count.Received, time.GetElapsedTime(start), failure));
        }
    }

    /// <summary>Sends a request to the address for which it was allowed, as long as it is; null when nothing went wrong, or the client went away.</summary>
    private async Task<GatewayRefusal?> SendAsync(HttpContext context, Allowed allowed)
    {
        var facts = allowed.Facts;
        var flow = current.Open(decider => decider.ReviewRequest(facts), allowed.By);
        try
        {
            var target = new DialTarget(facts.Host, facts.Address, facts.Port);
            var error = await forwarder.SendAsync(
                context, ExchangeTransformer.PrefixFor(facts), forwarding.InvokerFor(facts.Address), ChooseConfig(context, facts),
                new ExchangeTransformer(facts, allowed.Verdict, target), flow.Revoked).ConfigureAwait(false);
            return flow.IsRevoked ? GatewayRefusal.RevokedByPolicy
                : error == ForwarderError.None ? null
                : ForwardingFailure.Blame(context, error, facts.Host, forwarding);
        }
        finally
        {
            current.Close(flow);
        }
    }

    /// <summary>Nobody was reached, so nothing of the request has been sent: it goes to the first other address that it may go to and that answers.</summary>
    private async Task<GatewayRefusal?> SendToOthersAsync(HttpContext context, HttpRequestFacts facts)
    {
        GatewayRefusal? failure = GatewayRefusal.ConnectFailed;
        foreach (var address in await dialer.FindOthersAsync(facts.Host, facts.Address, context.RequestAborted).ConfigureAwait(false))
        {
            if (failure == GatewayRefusal.ConnectFailed && Decide(facts with { Address = address }) is { } allowed)
            {
                context.Response.Clear();
                context.Features.Set<IForwarderErrorFeature>(null);
                failure = await SendAsync(context, allowed).ConfigureAwait(false);
            }
        }

        return failure;
    }

    private Allowed? Decide(HttpRequestFacts facts)
    {
        try
        {
            var decider = current.Decider;
            return decider.DecideRequest(facts) is { IsAllowed: true } verdict ? new Allowed(facts, verdict, decider) : null;
        }
        catch (Exception)
        {
            // FAIL-CLOSED: this address is not tried.
            return null;
        }
    }

    private static ForwarderRequestConfig ChooseConfig(HttpContext context, HttpRequestFacts facts) =>
        !HttpProtocol.IsHttp2(context.Request.Protocol) ? Http1
        : facts.Scheme == "https" ? Http2
        : Http2Cleartext;

    /// <summary>A request that may be sent, and who says so.</summary>
    private sealed record Allowed(HttpRequestFacts Facts, GatewayVerdict Verdict, IHttpDecider By);
}
