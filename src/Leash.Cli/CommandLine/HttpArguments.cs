using System.Collections.Immutable;
using Leash.Http.Secrets;
using Leash.Sessions.Http;

namespace Leash.Cli.CommandLine;

/// <summary>What the command line says about the HTTP gateway.</summary>
internal sealed record HttpArguments
{
    public bool IsGatewayOn { get; init; } = true;

    /// <summary>Where secrets come from; each name once. Paths as given.</summary>
    public ImmutableArray<SecretOrigin> Secrets { get; init; } = [];

    /// <summary>The variables that get placeholders; each once.</summary>
    public ImmutableArray<KnownCredential> Placeholders { get; init; } = [];

    public ImmutableArray<PassthroughHost> Passthrough { get; init; } = [];

    /// <summary>Files of certificates that destinations may be signed by. Paths as given.</summary>
    public ImmutableArray<string> Roots { get; init; } = [];

    /// <summary>Whether the log has the values in queries.</summary>
    public bool ShowsQueries { get; init; }
}
