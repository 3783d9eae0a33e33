using System.Security.Authentication;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Records;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Leash.Gateway.Http;

/// <summary>Whose fault it was that a request was not forwarded to its end.</summary>
internal static class ForwardingFailure
{
    /// <summary>Null when the client went away: that is its right.</summary>
    public static GatewayRefusal? Blame(HttpContext context, ForwarderError error, string host, ForwardingHandler handler)
    {
        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (cause is BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            // Chunks that are none, found when the request was on its way.
            return GatewayRefusal.MalformedRequest;
        }

        if (context.RequestAborted.IsCancellationRequested
            || error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient or ForwarderError.RequestBodyCanceled
                or ForwarderError.ResponseBodyCanceled or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled
                or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient)
        {
            return null;
        }

        for (var exception = cause; exception is not null; exception = exception.InnerException)
        {
            switch (exception)
            {
                case DialException dial:
                    return dial.Refusal;
                case AuthenticationException when !handler.AsksForCertificate(host):
                    return GatewayRefusal.CertificateRejected;
            }
        }

        return handler.AsksForCertificate(host) ? GatewayRefusal.ClientCertificateRequired : GatewayRefusal.DestinationFailed;
    }
}
