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
    RequestDecisions decisions, CurrentDecider current, ForwardingHandler forwarding, GatewayJournal journal, TimeProvider time, IHttpForwarder forwarder)
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

        var facts = decided.Facts;
        var flow = current.Open(decider => decider.DecideRequest(facts), decided.Decider);
        try
        {
            await ForwardAsync(context, decided.Record, facts, decided.Verdict, flow).ConfigureAwait(false);
        }
        finally
        {
            current.Close(flow);
        }
    }

    private async Task ForwardAsync(HttpContext context, RequestRecord record, HttpRequestFacts facts, GatewayVerdict verdict, OpenFlow flow)
    {
        var start = time.GetTimestamp();
        var count = CountedExchange.Attach(context);
        GatewayRefusal? failure = GatewayRefusal.DestinationFailed;
        try
        {
            var target = new DialTarget(facts.Host, facts.Address, facts.Port, address => Permits(facts, address));
            var error = await forwarder.SendAsync(
                context, ExchangeTransformer.PrefixFor(facts), forwarding.Invoker, ChooseConfig(context, facts), new ExchangeTransformer(facts, verdict, target), flow.Revoked)
                .ConfigureAwait(false);
            failure = flow.IsRevoked ? GatewayRefusal.RevokedByPolicy
                : error == ForwarderError.None ? null
                : ForwardingFailure.Blame(context, error, facts.Host, forwarding);
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

    private bool Permits(HttpRequestFacts facts, IPAddress address)
    {
        try
        {
            return current.Decider.DecideRequest(facts with { Address = address }).IsAllowed;
        }
        catch (Exception)
        {
            // FAIL-CLOSED: this address is not tried.
            return false;
        }
    }

    private static ForwarderRequestConfig ChooseConfig(HttpContext context, HttpRequestFacts facts) =>
        !HttpProtocol.IsHttp2(context.Request.Protocol) ? Http1
        : facts.Scheme == "https" ? Http2
        : Http2Cleartext;
}
