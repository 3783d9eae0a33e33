namespace Leash.Gateway.Forwarding;

/// <summary>How an upstream proxy is asked for connections.</summary>
internal enum ProxyProtocol
{
    /// <summary>CONNECT of HTTP/1.1.</summary>
    Http,

    /// <summary>The same over TLS.</summary>
    Https,

    /// <summary>SOCKS, version 5.</summary>
    Socks5,
}
