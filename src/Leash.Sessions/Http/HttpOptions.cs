using System.Collections.Immutable;

namespace Leash.Sessions.Http;

/// <summary>What a session's HTTP gateway does besides deciding by policies.</summary>
internal sealed record HttpOptions
{
    /// <summary>Whether there is one.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Hosts whose TLS stays closed.</summary>
    public ImmutableArray<PassthroughHost> Passthrough { get; init; } = [];

    public SessionSecrets Secrets { get; init; } = SessionSecrets.None;
}
