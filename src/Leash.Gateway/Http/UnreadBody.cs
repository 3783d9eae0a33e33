using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Gateway.Http;

/// <summary>
/// Lets a client of HTTP/2 send the rest of a body whose answer is complete. The server would reset the stream, as RFC 9113 §8.1 has it, and clients that send all of
/// a body before they read (httpx, curl) would see the reset instead of the answer. For HTTP/1.1 the server does the same by itself.
/// </summary>
internal static class UnreadBody
{
    /// <summary>As long as the server has patience with HTTP/1.1.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task DrainAsync(HttpContext context, TimeProvider time)
    {
        // What is sent in a tunnel is no body: it ends with the tunnel.
        var isTunnel = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) || isTunnel || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        using CancellationTokenSource patience = new(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            await context.Response.CompleteAsync().ConfigureAwait(false);
            await context.Request.Body.CopyToAsync(Stream.Null, end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away, or does not end.
        }
    }
}
