using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Leash.Http.Secrets;

/// <summary>What the command sees in place of a secret, and where it is swapped for it.</summary>
/// <param name="Token">Nothing but itself: random, new in each session.</param>
/// <param name="SecretName">The secret that it stands for.</param>
/// <param name="Header">Lower case.</param>
/// <param name="Hosts">The names of the hosts that get the secret.</param>
public sealed record Placeholder(string Token, string SecretName, string Header, ImmutableArray<string> Hosts)
{
    /// <summary>What tokens begin with.</summary>
    public const string Prefix = "leash-";

    private const int RandomBytes = 24;

    /// <summary>A new placeholder for a credential; the secret has the variable's name.</summary>
    public static Placeholder Create(KnownCredential credential) => new(
        Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)), credential.Variable, credential.Header, credential.Hosts);

    /// <summary>Whether requests to the host get the secret.</summary>
    public bool IsFor(string? host) => host is not null && Hosts.Contains(host, StringComparer.Ordinal);
}
