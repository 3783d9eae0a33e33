using System.Collections.Immutable;
using System.Net.Http.Headers;
using Leash.Gateway.Decisions;

namespace Leash.Gateway.Http;

/// <summary>Applies a verdict's changes to the request that leaves. The client's copy stays as it was, so nothing that the client or a record sees has a secret.</summary>
internal static class HeaderRewriter
{
    /// <summary>What .NET keeps with the content; other names that begin with <c>Content-</c> are like any other.</summary>
    private static readonly string[] ContentNames =
    [
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5", "Content-Range", "Content-Type", "Expires",
        "Last-Modified",
    ];

    public static void Apply(HttpRequestMessage request, ImmutableArray<HeaderRewrite> rewrites)
    {
        foreach (var rewrite in rewrites)
        {
            HttpHeaders? headers = IsContentHeader(rewrite.Name) ? request.Content?.Headers : request.Headers;
            if (headers is not null)
            {
                Apply(headers, rewrite);
            }
        }
    }

    private static void Apply(HttpHeaders headers, HeaderRewrite rewrite)
    {
        switch (rewrite.Kind)
        {
            case HeaderRewriteKind.Set:
                headers.Remove(rewrite.Name);
                headers.TryAddWithoutValidation(rewrite.Name, HeaderText.FromText(rewrite.Value!));
                break;
            case HeaderRewriteKind.Add:
                headers.TryAddWithoutValidation(rewrite.Name, HeaderText.FromText(rewrite.Value!));
                break;
            case HeaderRewriteKind.Remove:
                headers.Remove(rewrite.Name);
                break;
        }
    }

    private static bool IsContentHeader(string name) => ContentNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
