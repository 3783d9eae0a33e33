using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Hosts;
using Leash.Http.Canonical;

namespace Leash.Gateway.Decisions;

/// <summary>A request in canonical form: exactly what is forwarded if it is allowed.</summary>
/// <param name="Request">The request; its host, port and scheme are those of its connection. Headers that end at the gateway are not in it.</param>
/// <param name="Address">The address that the process connected to; null in a tunnel to a name that only an upstream proxy can resolve.</param>
/// <param name="Process">Who asks.</param>
public sealed record HttpRequestFacts(CanonicalRequest Request, IPAddress? Address, GatewayProcess Process)
{
    /// <summary>See <see cref="HostText"/>.</summary>
    public string Host { get; } = HostText.Of(Request.Host);

    /// <summary>Whether the request asks for another protocol on its connection: WebSocket, or whatever <c>Upgrade</c> names.</summary>
    public bool IsUpgrade { get; init; }

    /// <summary>Upper case; <c>CONNECT</c> of a WebSocket over HTTP/2 (RFC 8441).</summary>
    public string Method => Request.Method;

    /// <summary><c>http</c> or <c>https</c>, also for WebSockets. <c>https</c> is forwarded only when the destination's certificate is valid for the host.</summary>
    public string Scheme => Request.Scheme;

    /// <summary>The port of the destination.</summary>
    public int Port => Request.Port;

    /// <summary>Absolute, percent-encoded.</summary>
    public string Path => Request.Path;

    /// <summary>With the question mark; empty without one.</summary>
    public string Query => Request.Query is { } query ? "?" + query : "";

    /// <summary>Names the resource without its query, which may hold secrets.</summary>
    public override string ToString() => $"{Method} {Scheme}://{HostText.ToAuthority(Host)}:{Port}{Path}";
}
