using Leash.Gateway.Records;
using Leash.Http.Canonical;

namespace Leash.Gateway.Http;

/// <summary>Why a request has no form to decide about.</summary>
/// <param name="Refusal">The refusal that stands for it.</param>
/// <param name="Reason">What exactly is wrong; null when the refusal says it.</param>
internal readonly record struct UnreadableRequest(GatewayRefusal Refusal, string? Reason = null)
{
    /// <summary>What the reader of requests says, as the gateway says it; null when nothing is wrong.</summary>
    public static UnreadableRequest? From(RequestRefusal refusal) => RefusalOf(refusal) is { } gateway ? new UnreadableRequest(gateway, refusal.Describe()) : null;

    private static GatewayRefusal? RefusalOf(RequestRefusal refusal) => refusal switch
    {
        RequestRefusal.None => null,
        RequestRefusal.BadMethod => GatewayRefusal.UnsupportedMethod,
        RequestRefusal.BadTarget or RequestRefusal.BadCharacter or RequestRefusal.Fragment or RequestRefusal.BadPercent or RequestRefusal.EncodedControl
            or RequestRefusal.Backslash or RequestRefusal.DoubleEncoding or RequestRefusal.NotUtf8 or RequestRefusal.DotSegment => GatewayRefusal.AmbiguousTarget,
        RequestRefusal.TargetTooLong => GatewayRefusal.TargetTooLong,
        RequestRefusal.NoHost or RequestRefusal.DuplicateHost or RequestRefusal.HostMismatch or RequestRefusal.BadHost or RequestRefusal.TrailingDot
            or RequestRefusal.NonAsciiHost or RequestRefusal.OddAddress or RequestRefusal.UserInfo or RequestRefusal.BadPort => GatewayRefusal.InvalidHost,
        RequestRefusal.PortMismatch => GatewayRefusal.PortMismatch,
        RequestRefusal.SchemeMismatch => GatewayRefusal.SchemeMismatch,
        RequestRefusal.BadFieldName or RequestRefusal.BadFieldValue or RequestRefusal.ObsoleteFold => GatewayRefusal.MalformedRequest,
        RequestRefusal.FieldsTooLong => GatewayRefusal.HeadersTooLong,
        RequestRefusal.DuplicateField or RequestRefusal.BadConnection => GatewayRefusal.AmbiguousHeader,
        RequestRefusal.BadLength or RequestRefusal.BadTransferEncoding => GatewayRefusal.AmbiguousLength,
    };
}
