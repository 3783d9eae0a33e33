using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Hosts;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Leash.Gateway.Http;

/// <summary>Makes the request that leaves from what was decided about, and the answer from what came back.</summary>
internal sealed class ExchangeTransformer(HttpRequestFacts facts, GatewayVerdict verdict, DialTarget target) : HttpTransformer
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Where the request goes, as YARP wants it.</summary>
    public static string PrefixFor(HttpRequestFacts facts) => $"{facts.Scheme}://{HostText.ToAuthority(facts.Host)}:{facts.Port}";

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        // Byte for byte what was decided about: the default would escape and fold it once more.
        if (!Uri.TryCreate(destinationPrefix + facts.Request.Target, AsWritten, out var uri))
        {
            throw new InvalidOperationException("a canonical request makes a URI");
        }

        proxyRequest.RequestUri = uri;
        // Host and server name follow from the URI: there is no second place that could name another.
        proxyRequest.Headers.Host = null;
        proxyRequest.Options.Set(ForwardingHandler.Target, target);
        var upgrade = httpContext.Request.Headers.Upgrade.ToString();
        if (facts.IsUpgrade && !HttpProtocol.IsHttp2(httpContext.Request.Protocol) && !upgrade.Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            // YARP keeps these for WebSockets only; its tunnel carries any protocol.
            proxyRequest.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            proxyRequest.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }

        // FAIL-CLOSED: secrets leave over verified TLS only, whatever the decider says.
        if (facts.Scheme == "https")
        {
            HeaderRewriter.Apply(proxyRequest, verdict.Rewrites);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copiesBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
        // Would send the client to another port or to QUIC (RFC 7838), where it is denied.
        httpContext.Response.Headers.Remove("Alt-Svc");
        if (proxyResponse is not null && !facts.IsUpgrade)
        {
            proxyResponse.Content = new PromptContent(proxyResponse.Content, httpContext.Response);
        }

        return copiesBody;
    }
}
