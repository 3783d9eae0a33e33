using System.Collections.Immutable;
using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>The versions of HTTP that requests come in.</summary>
public enum RequestVersion
{
    Http10,
    Http11,
    Http2,
}

/// <summary>A request as it was received, framing aside.</summary>
public sealed record RawRequest
{
    public required RequestVersion Version { get; init; }

    public required string Method { get; init; }

    /// <summary>The request-target of HTTP/1, or <c>:path</c>; empty for a <c>CONNECT</c> of HTTP/2.</summary>
    public required string Target { get; init; }

    /// <summary><c>:authority</c>, or null.</summary>
    public string? Authority { get; init; }

    /// <summary><c>:protocol</c> of an extended CONNECT (RFC 8441), or null.</summary>
    public string? Protocol { get; init; }

    /// <summary>What it came over: <c>https</c> when that was TLS, else <c>http</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The name that TLS was asked for, or null: then nothing is compared.</summary>
    public string? ServerName { get; init; }

    /// <summary>The port that the connection was made to; null when it was made to a proxy.</summary>
    public int? Port { get; init; }

    /// <summary>Without pseudo-headers, in order.</summary>
    public ImmutableArray<HttpField> Fields { get; init; } = [];
}
