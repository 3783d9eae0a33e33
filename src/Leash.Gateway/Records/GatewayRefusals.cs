namespace Leash.Gateway.Records;

/// <summary>Stable codes and texts of <see cref="GatewayRefusal"/>, and the HTTP status that says them.</summary>
public static class GatewayRefusals
{
    /// <summary>The code that logs and answers carry, such as <c>host-mismatch</c>.</summary>
    public static string ToCode(this GatewayRefusal refusal) => Describe(refusal).Code;

    /// <summary>One line, lower case, for people.</summary>
    public static string ToText(this GatewayRefusal refusal) => Describe(refusal).Text;

    /// <summary>RFC 9110 §15: 421 where another connection would do, 403 for policy, 5xx for the destination, else 400.</summary>
    public static int ToStatus(this GatewayRefusal refusal) => Describe(refusal).Status;

    private static (string Code, int Status, string Text) Describe(GatewayRefusal refusal) => refusal switch
    {
        GatewayRefusal.UnknownOrigin => ("unknown-origin", 403, "the process behind the connection is not known"),
        GatewayRefusal.PrefaceTimeout => ("preface-timeout", 408, "the beginning of the connection did not arrive in time"),
        GatewayRefusal.MalformedClientHello => ("malformed-client-hello", 400, "the TLS ClientHello cannot be read"),
        GatewayRefusal.InvalidServerName => ("invalid-server-name", 400, "the TLS server name is not a host name"),
        GatewayRefusal.EncryptedClientHello => ("encrypted-client-hello", 400, "an encrypted ClientHello can name another host than the one decided about"),
        GatewayRefusal.MalformedRequestLine => ("malformed-request-line", 400, "the request line is not that of HTTP"),
        GatewayRefusal.MalformedConnect => ("malformed-connect", 400, "the CONNECT request is not exactly a host and a port"),
        GatewayRefusal.NestedTunnel => ("nested-tunnel", 400, "too many tunnels are nested"),
        GatewayRefusal.MalformedRequest => ("malformed-request", 400, "the request breaks HTTP's syntax"),
        GatewayRefusal.InvalidHost => ("invalid-host", 400, "the request does not name exactly one host in canonical form"),
        GatewayRefusal.HostMismatch => ("host-mismatch", 421, "the request names another host than its TLS connection"),
        GatewayRefusal.AddressMismatch => ("address-mismatch", 421, "the host does not have the address that was connected to"),
        GatewayRefusal.PortMismatch => ("port-mismatch", 421, "the request names another port than that of its connection"),
        GatewayRefusal.SchemeMismatch => ("scheme-mismatch", 400, "the request names another scheme than that of its connection"),
        GatewayRefusal.AmbiguousTarget => ("ambiguous-target", 400, "the target is malformed, or can be read in more than one way"),
        GatewayRefusal.TargetTooLong => ("target-too-long", 414, "the target is too long"),
        GatewayRefusal.AmbiguousLength => ("ambiguous-length", 400, "the length of the body can be read in more than one way"),
        GatewayRefusal.AmbiguousHeader => ("ambiguous-header", 400, "a header can be read in more than one way"),
        GatewayRefusal.HeadersTooLong => ("headers-too-long", 431, "there are too many headers, or they are too long"),
        GatewayRefusal.UnsupportedMethod => ("unsupported-method", 405, "this method is not served here"),
        GatewayRefusal.DeciderFailed => ("decider-failed", 403, "the decision failed"),
        GatewayRefusal.Denied => ("denied", 403, "denied by policy"),
        GatewayRefusal.NameNotResolved => ("name-not-resolved", 502, "the host has no address that may be connected to"),
        GatewayRefusal.ConnectFailed => ("connect-failed", 502, "the destination cannot be reached"),
        GatewayRefusal.CertificateRejected => ("certificate-rejected", 502, "the destination's certificate is not valid for the host"),
        GatewayRefusal.ClientCertificateRequired => (
            "client-certificate-required", 502, "the destination asks for a client certificate, which an opened connection cannot have; make the host a passthrough host"),
        GatewayRefusal.DestinationFailed => ("destination-failed", 502, "the destination ended the exchange"),
        GatewayRefusal.RevokedByPolicy => ("revoked-by-policy", 403, "a newer policy denies what was open"),
    };
}
