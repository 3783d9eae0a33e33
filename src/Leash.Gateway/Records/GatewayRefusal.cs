namespace Leash.Gateway.Records;

/// <summary>Why the gateway itself refused a connection or a request, whatever the policy says. <see cref="GatewayRefusals"/> has the codes and texts.</summary>
public enum GatewayRefusal
{
    // Connections.

    /// <summary>Nobody knows which process made the connection, or where it wanted to go.</summary>
    UnknownOrigin,

    /// <summary>The beginning of the connection did not arrive in time.</summary>
    PrefaceTimeout,

    /// <summary>The ClientHello breaks RFC 8446 or a limit of size.</summary>
    MalformedClientHello,

    /// <summary>The server name of the ClientHello is not a host name.</summary>
    InvalidServerName,

    /// <summary>An encrypted ClientHello may name another host than the one that is decided about.</summary>
    EncryptedClientHello,

    /// <summary>The first line reads like HTTP, but not like RFC 9112.</summary>
    MalformedRequestLine,

    /// <summary>A CONNECT request that is not exactly a host and a port, with headers that end.</summary>
    MalformedConnect,

    /// <summary>Tunnels in tunnels, deeper than anyone needs.</summary>
    NestedTunnel,

    // Requests.

    /// <summary>The HTTP parser refused the request.</summary>
    MalformedRequest,

    /// <summary>No Host, more than one, or one that is not a host and a port in canonical form.</summary>
    InvalidHost,

    /// <summary>The request names another host than its TLS connection.</summary>
    HostMismatch,

    /// <summary>The host does not have the address that the process connected to.</summary>
    AddressMismatch,

    /// <summary>The port in the request is not that of the connection.</summary>
    PortMismatch,

    /// <summary>The scheme in the request is not that of the connection.</summary>
    SchemeMismatch,

    /// <summary>The target is malformed, or can be read in more than one way.</summary>
    AmbiguousTarget,

    /// <summary>The target is longer than servers take.</summary>
    TargetTooLong,

    /// <summary>The length of the body can be read in more than one way.</summary>
    AmbiguousLength,

    /// <summary>A header that must not come twice did, or Connection takes one away.</summary>
    AmbiguousHeader,

    /// <summary>More headers than servers take.</summary>
    HeadersTooLong,

    /// <summary>A method that is not served on this kind of connection.</summary>
    UnsupportedMethod,

    /// <summary>What decides failed.</summary>
    DeciderFailed,

    /// <summary>The policy denies it.</summary>
    Denied,

    // Towards the destination.

    /// <summary>The name has no address that may be dialed.</summary>
    NameNotResolved,

    /// <summary>The destination, or the proxy before it, could not be reached.</summary>
    ConnectFailed,

    /// <summary>The destination's certificate is not valid for the name.</summary>
    CertificateRejected,

    /// <summary>The destination asks for a certificate of the client, which the gateway does not have.</summary>
    ClientCertificateRequired,

    /// <summary>The destination closed the connection or broke its protocol.</summary>
    DestinationFailed,

    /// <summary>A policy that came later denies what was open.</summary>
    RevokedByPolicy,
}
