using System.Collections.Immutable;

namespace Leash.Gateway.Prefaces;

/// <summary>What the gateway needs of a TLS ClientHello (RFC 8446 §4.1.2).</summary>
/// <param name="ServerName">The canonical host of the server_name extension (RFC 6066 §3); null without one.</param>
/// <param name="Protocols">The names in the ALPN extension (RFC 7301 §3.1), in order; empty without one.</param>
/// <param name="HasEncryptedHello">
/// Whether there is an encrypted_client_hello extension. Browsers send one with random content to every server, so it says nothing by itself: a server
/// without keys for it ignores it, and so does the gateway where it is the server. Where bytes go through untouched it would hide a second name.
/// </param>
public sealed record ClientHello(string? ServerName, ImmutableArray<string> Protocols, bool HasEncryptedHello)
{
    /// <summary>Whether the client would speak HTTP/1.x or HTTP/2 inside: without ALPN it may.</summary>
    public bool MayBeHttp => Protocols.IsEmpty || Protocols.Contains("h2") || Protocols.Contains("http/1.1") || Protocols.Contains("http/1.0");
}
