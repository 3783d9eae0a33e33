using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Prefaces;

/// <summary>What the first bytes of a connection are.</summary>
public enum PrefaceKind
{
    /// <summary>Not enough bytes to tell.</summary>
    Incomplete,

    /// <summary>A complete TLS ClientHello.</summary>
    Tls,

    /// <summary>A request line of HTTP/1.x (RFC 9112 §3).</summary>
    Http1,

    /// <summary>A complete CONNECT request of HTTP/1.x.</summary>
    Connect,

    /// <summary>The connection preface of HTTP/2 with prior knowledge (RFC 9113 §3.4).</summary>
    Http2,

    /// <summary>Some other protocol.</summary>
    Opaque,

    /// <summary>One of the above, but not as its specification wants it.</summary>
    Refused,
}

/// <summary>The verdict of <see cref="PrefaceReader"/> on the bytes so far.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Refusal">With <see cref="PrefaceKind.Refused"/>, why.</param>
public sealed record Preface(PrefaceKind Kind, GatewayRefusal? Refusal = null)
{
    internal static readonly Preface Incomplete = new(PrefaceKind.Incomplete);
    internal static readonly Preface Http1 = new(PrefaceKind.Http1);
    internal static readonly Preface Http2 = new(PrefaceKind.Http2);
    internal static readonly Preface Opaque = new(PrefaceKind.Opaque);

    /// <summary>With <see cref="PrefaceKind.Tls"/>, what the hello says.</summary>
    public ClientHello? Hello { get; init; }

    /// <summary>With <see cref="PrefaceKind.Connect"/>, where to.</summary>
    public Authority Target { get; init; }

    /// <summary>With <see cref="PrefaceKind.Connect"/>, how many bytes the request has; what follows belongs to the tunnel.</summary>
    public int Length { get; init; }

    internal static Preface Refuse(GatewayRefusal refusal) => new(PrefaceKind.Refused, refusal);
}
