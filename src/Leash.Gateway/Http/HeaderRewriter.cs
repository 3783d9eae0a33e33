using System.Collections.Immutable;
using System.Net.Http.Headers;
using Leash.Gateway.Decisions;

namespace Leash.Gateway.Http;

/// <summary>Applies a verdict's changes to the request that leaves. The client's copy stays as it was, so nothing that the client or a record sees has a secret.</summary>
internal static class HeaderRewriter
{
    /// <summary>What .NET keeps with the content.</summary>
    private static readonly string[] ContentNames = ["Allow", "Expires", "Last-Modified"];

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
            case HeaderRewriteKind.Replace:
                Replace(headers, rewrite);
                break;
        }
    }

    private static void Replace(HttpHeaders headers, HeaderRewrite rewrite)
    {
        if (!headers.NonValidated.TryGetValues(rewrite.Name, out var values))
        {
            return;
        }

        var replaced = values.Select(value => value.Replace(HeaderText.FromText(rewrite.Placeholder!), HeaderText.FromText(rewrite.Value!), StringComparison.Ordinal)).ToArray();
        headers.Remove(rewrite.Name);
        headers.TryAddWithoutValidation(rewrite.Name, replaced);
    }

    private static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || ContentNames.Contains(name, StringComparer.OrdinalIgnoreCase);
}
