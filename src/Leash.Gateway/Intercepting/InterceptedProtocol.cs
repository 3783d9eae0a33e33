namespace Leash.Gateway.Intercepting;

/// <summary>As what an intercepted connection begins.</summary>
internal enum InterceptedProtocol
{
    /// <summary>TLS, with HTTP/1.1 or HTTP/2 inside.</summary>
    Tls,

    /// <summary>HTTP/1.x.</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge.</summary>
    Http2,
}
