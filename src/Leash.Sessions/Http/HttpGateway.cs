using System.Collections.Immutable;
using Leash.Gateway.Certificates;
using Leash.Gateway.Forwarding;

namespace Leash.Sessions.Http;

/// <summary>What a session's gateway is made of.</summary>
internal sealed record HttpGateway : IDisposable
{
    /// <summary>Signs what the session's programs see; disposed with this.</summary>
    public required CertificateAuthority Authority { get; init; }

    /// <summary>Where the session finds what it trusts.</summary>
    public required SessionTrust Trust { get; init; }

    /// <summary>What it does besides deciding by policies.</summary>
    public required HttpOptions Options { get; init; }

    /// <summary>Through what destinations are reached; null for the direct way.</summary>
    public UpstreamProxy? Proxy { get; init; }

    /// <summary>What of the command's environment it makes different.</summary>
    public ImmutableArray<EnvironmentEdit> Environment { get; init; } = [];

    public void Dispose() => Authority.Dispose();
}
