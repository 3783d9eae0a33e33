using System.Security.Authentication;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Leash.Gateway.Http;

/// <summary>Whose fault it was that a request was not forwarded to its end.</summary>
internal static class ForwardingFailure
{
    /// <summary>Null when the client went away, or the destination of a tunnel takes no more: that is their right.</summary>
    public static GatewayRefusal? Blame(HttpContext context, ForwarderError error, string host, ForwardingHandler handler)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }

        var causes = Causes(context).ToList();
        if (causes.Exists(cause => cause is BadHttpRequestException))
        {
            // Chunks that are none, found when the request was on its way.
            return GatewayRefusal.MalformedRequest;
        }

        if (error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient or ForwarderError.RequestBodyCanceled
            or ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled
            or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient
            or ForwarderError.UpgradeRequestDestination)
        {
            return null;
        }

        foreach (var cause in causes)
        {
            switch (cause)
            {
                case DialException dial:
                    return dial.Refusal;
                case AuthenticationException when !handler.AsksForCertificate(host):
                    return GatewayRefusal.CertificateRejected;
            }
        }

        return handler.AsksForCertificate(host) ? GatewayRefusal.ClientCertificateRequired : GatewayRefusal.DestinationFailed;
    }

    private static IEnumerable<Exception> Causes(HttpContext context)
    {
        for (var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }
}
