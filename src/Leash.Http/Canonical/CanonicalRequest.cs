using System.Collections.Immutable;
using System.Globalization;
using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>A request in the one form that is decided and forwarded.</summary>
public sealed record CanonicalRequest
{
    public required RequestVersion Version { get; init; }

    public required string Method { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    public required HttpHost Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Absolute; <c>*</c> of <c>OPTIONS *</c>, empty of a <c>CONNECT</c> for a tunnel.</summary>
    public required string Path { get; init; }

    /// <summary>Without the <c>?</c>; null when there is none.</summary>
    public required string? Query { get; init; }

    /// <summary><c>:protocol</c>, or null.</summary>
    public required string? Protocol { get; init; }

    /// <summary>Names in lower case, values without space around them, in the order received, without <c>Host</c>.</summary>
    public required ImmutableArray<HttpField> Fields { get; init; }

    /// <summary>A tunnel: the request ends where its headers do.</summary>
    public bool IsTunnel => Path.Length == 0;

    /// <summary>The host, and the port unless the scheme has it (RFC 9110, 4.2); always with it for a tunnel.</summary>
    public string Authority => !IsTunnel && Port == DefaultPort(Scheme)
        ? Host.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The target to forward: origin-form, <c>*</c>, or authority-form.</summary>
    public string Target => IsTunnel ? Authority : Query is null ? Path : $"{Path}?{Query}";

    /// <summary>What statements look at.</summary>
    public HttpMessage ToMessage() => new(Method, Path, Query ?? "", Scheme, Fields);

    /// <summary>
    /// The request as it is forwarded, which is what it is decided as: canonical again, it is the same.
    /// </summary>
    public RawRequest ToRaw() => new()
    {
        Version = Version,
        Method = Method,
        Target = IsTunnel && Version == RequestVersion.Http2 ? "" : Target,
        Authority = Version == RequestVersion.Http2 ? Authority : null,
        Protocol = Protocol,
        Scheme = Scheme,
        Fields = Version == RequestVersion.Http2 ? Fields : [new HttpField("host", Authority), .. Fields],
    };

    public static int DefaultPort(string scheme) => scheme == "https" ? 443 : 80;
}

/// <summary>A canonical request, or why there is none.</summary>
/// <param name="Request">Null when it is refused.</param>
/// <param name="Refusal">Why.</param>
public readonly record struct CanonicalResult(CanonicalRequest? Request, RequestRefusal Refusal);
