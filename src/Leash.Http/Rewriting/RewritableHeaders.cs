namespace Leash.Http.Rewriting;

/// <summary>Which headers policies may change.</summary>
public static class RewritableHeaders
{
    /// <summary>
    /// They say where the request goes, how long it is and what the connection is for (RFC 9110, 7.2, 7.6.1, 8.6 and 10.1.1; RFC 9112, 6.1): a change
    /// would make the request another one than was decided.
    /// </summary>
    private static readonly string[] s_fixed =
    [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "upgrade",
        "expect", "http2-settings",
    ];

    /// <summary>Whether the header can be changed.</summary>
    /// <param name="name">Lower case.</param>
    public static bool Contains(string name) => !s_fixed.Contains(name, StringComparer.Ordinal);
}
