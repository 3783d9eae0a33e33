using Leash.Gateway.Hosts;
using Leash.Gateway.Intercepting;
using Leash.Gateway.Records;
using Leash.Http.Canonical;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Leash.Gateway.Http;

/// <summary>
/// Reads a request as HTTP's parser left it and has it brought into its one form (<see cref="RequestCanonicalizer"/>). Whether that agrees with the connection
/// is for <see cref="HostAgreement"/> to say.
/// </summary>
internal static class RequestReader
{
    private const string WebSocket = "websocket";

    /// <summary>Why it is refused; null when <paramref name="head"/> is what to decide about.</summary>
    public static UnreadableRequest? Read(HttpContext context, InterceptedConnection connection, out RequestHead head)
    {
        head = default;
        if (ReadUpgrade(context, out var protocol, out var isUpgrade) is { } badMethod)
        {
            return new UnreadableRequest(badMethod);
        }

        var raw = ToRaw(context, connection, protocol);
        var (request, refusal) = RequestCanonicalizer.Canonicalize(raw);
        if (request is null)
        {
            return UnreadableRequest.From(refusal);
        }

        if (request.Path == "*")
        {
            // The forwarder knows paths only, and nobody asks for more.
            return new UnreadableRequest(GatewayRefusal.AmbiguousTarget, "`OPTIONS` of a server as a whole is not forwarded");
        }

        RequestHeaders.RemoveHopByHop(context.Request.Headers, isUpgrade);
        head = new RequestHead(
            request with { Fields = RequestHeaders.Forwarded(request.Fields, isUpgrade) }, HostText.Of(request.Host), !raw.Target.StartsWith('/'), isUpgrade);
        return null;
    }

    private static RawRequest ToRaw(HttpContext context, InterceptedConnection connection, string? protocol)
    {
        var request = context.Request;
        var isHttp2 = HttpProtocol.IsHttp2(request.Protocol);
        return new RawRequest
        {
            Version = isHttp2 ? RequestVersion.Http2 : HttpProtocol.IsHttp10(request.Protocol) ? RequestVersion.Http10 : RequestVersion.Http11,
            Method = request.Method,
            Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            // RFC 9113 §8.3.1: it replaces Host, and Kestrel puts it there.
            Authority = isHttp2 && request.Headers.Host is [{ } authority] ? authority : null,
            Protocol = protocol,
            Scheme = connection.Scheme,
            Fields = RequestHeaders.Read(request.Headers, withHost: !isHttp2),
        };
    }

    private static GatewayRefusal? ReadUpgrade(HttpContext context, out string? protocol, out bool isUpgrade)
    {
        var method = context.Request.Method;
        protocol = null;
        isUpgrade = false;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } extended)
        {
            protocol = extended.Protocol;
            isUpgrade = true;
            return protocol == WebSocket ? null : GatewayRefusal.UnsupportedMethod;
        }

        // TRACE would answer with the headers that the gateway put in (RFC 9110 §9.3.8); CONNECT begins a connection or is not served.
        if (HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method) || method.Equals("TRACK", StringComparison.OrdinalIgnoreCase))
        {
            return GatewayRefusal.UnsupportedMethod;
        }

        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            isUpgrade = IsForwarded(context.Request.Headers.Upgrade);
            if (!isUpgrade)
            {
                // Without the feature the request is an ordinary one, which a server may always make of it (RFC 9110 §7.8).
                context.Features.Set<IHttpUpgradeFeature>(null);
            }
        }

        return null;
    }

    /// <summary>HTTP/2 and TLS inside of an upgrade would carry requests that nobody decides about.</summary>
    private static bool IsForwarded(StringValues upgrade) =>
        upgrade is [{ Length: > 0 } protocol]
        && !protocol.Contains(',', StringComparison.Ordinal)
        && !protocol.StartsWith("h2c", StringComparison.OrdinalIgnoreCase)
        && !protocol.StartsWith("HTTP", StringComparison.OrdinalIgnoreCase)
        && !protocol.StartsWith("TLS", StringComparison.OrdinalIgnoreCase);
}
