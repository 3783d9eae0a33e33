using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Certificates;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway;

/// <summary>What a session's gateway is made of.</summary>
/// <param name="Origins">Knows what redirected connections were.</param>
/// <param name="Decider">Decides, until it is exchanged.</param>
/// <param name="Names">Resolves.</param>
/// <param name="Records">Receives what happens.</param>
/// <param name="Authority">Signs the certificates that the session's programs see; stays the caller's.</param>
/// <param name="Time">Clock.</param>
public sealed record SessionGatewayOptions(
    IConnectionOrigins Origins, IHttpDecider Decider, IHostNames Names, IGatewayRecords Records, CertificateAuthority Authority, TimeProvider Time)
{
    /// <summary>Through what others are reached; null for the direct way.</summary>
    public UpstreamProxy? Proxy { get; init; }

    /// <summary>Roots to trust at destinations besides the machine's.</summary>
    public X509Certificate2Collection Roots { get; init; } = [];

    /// <summary>How many connections may be open; more wait to be accepted.</summary>
    public int MaxConnections { get; init; } = 8192;

    /// <summary>How long the rest of a ClientHello or request line may take after its first byte. Clients write it at once; what has come in time is read, however late that is.</summary>
    public TimeSpan PrefaceLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a TLS handshake, or the headers of a request, may take: long enough for the first one on a machine that is busy with other work.</summary>
    public TimeSpan HandshakeLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a client may be silent before its destination is asked whether it speaks first.</summary>
    public TimeSpan SilenceBeforeDial { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a client may be silent whose destination must not be asked. One that waits for its destination to speak is denied then, and one that has
    /// connected before it has a request finds its connection closed, as it does with servers.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether records have the values in queries.</summary>
    public bool ShowsQueryValues { get; init; }
}
