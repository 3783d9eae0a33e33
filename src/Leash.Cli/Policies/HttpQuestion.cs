using System.Collections.Immutable;
using Leash.Cli.CommandLine;
using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Cli.Policies;

/// <summary>The request, or the change of a header, that <c>leash policy explain</c> was asked about.</summary>
internal static class HttpQuestion
{
    /// <summary>The canonical request of <c>[METHOD] URL</c>; null with what is wrong.</summary>
    public static CanonicalRequest? Read(string text, ImmutableArray<string> headers, out UsageError? error)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var url = text[(space + 1)..];
        var colon = url.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
        {
            error = new UsageError($"`{text}` is not a request", "write `https://HOST/PATH`, or `\"POST https://HOST/PATH\"`");
            return null;
        }

        var authority = url[(colon + 3)..];
        var end = authority.AsSpan().IndexOfAny("/?#");
        authority = end < 0 ? authority : authority[..end];
        var result = RequestCanonicalizer.Canonicalize(new RawRequest
        {
            Version = RequestVersion.Http11,
            Method = space < 0 ? "GET" : text[..space],
            Target = url,
            Scheme = url[..colon].ToLowerInvariant(),
            Fields = [new HttpField("host", authority), .. headers.Select(FieldOf)],
        });
        error = result.Request is null ? new UsageError($"`{text}` would be refused: {result.Refusal.Describe()}", null) : null;
        return result.Request;
    }

    /// <summary>The change of <c>NAME: VALUE</c>, or the removal of <c>NAME</c>.</summary>
    public static HeaderEdit EditOf(string header)
    {
        var field = FieldOf(header);
        var operation = header.Contains(':', StringComparison.Ordinal) ? HeaderOperation.Set : HeaderOperation.Remove;
        return new HeaderEdit(operation, field.Name.ToLowerInvariant(), field.Value);
    }

    private static HttpField FieldOf(string header)
    {
        var colon = header.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new HttpField(header, "") : new HttpField(header[..colon], header[(colon + 1)..].Trim());
    }
}
