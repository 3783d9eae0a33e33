using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Leash.Sessions.Http;

/// <summary>What a session's HTTP gateway does besides deciding by policies.</summary>
internal sealed record HttpOptions
{
    /// <summary>Whether there is one.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Hosts whose TLS stays closed.</summary>
    public ImmutableArray<PassthroughHost> Passthrough { get; init; } = [];

    public SessionSecrets Secrets { get; init; } = SessionSecrets.None;

    /// <summary>Roots to trust at destinations besides the machine's.</summary>
    public X509Certificate2Collection Roots { get; init; } = [];

    /// <summary>Whether the log has the values in queries.</summary>
    public bool ShowsQueryValues { get; init; }
}
