namespace Leash.Http.Canonical;

/// <summary>A request-target, taken apart.</summary>
/// <param name="Scheme">Of the absolute-form, lower case; else null.</param>
/// <param name="Authority">Of the absolute-form and the authority-form; else null.</param>
/// <param name="Path">Canonical; empty of the authority-form.</param>
/// <param name="Query">Canonical, or null.</param>
internal sealed record RequestTarget(string? Scheme, string? Authority, string Path, string? Query);

/// <summary>Reads the four forms of a target (RFC 9112, 3.2).</summary>
internal static class TargetReader
{
    /// <summary>The target; null with the reason.</summary>
    public static RequestTarget? Read(RawRequest request, out RequestRefusal refusal)
    {
        var target = request.Target;
        refusal = target.Length > HttpLimits.Target ? RequestRefusal.TargetTooLong : RequestRefusal.None;
        if (refusal != RequestRefusal.None)
        {
            return null;
        }

        if (request is { Method: "CONNECT", Protocol: null })
        {
            return ReadTunnel(request, out refusal);
        }

        if (target == "*")
        {
            refusal = request.Method == "OPTIONS" ? RequestRefusal.None : RequestRefusal.BadTarget;
            return refusal == RequestRefusal.None ? new RequestTarget(null, null, "*", null) : null;
        }

        return target.StartsWith('/') ? ReadOrigin(null, null, target, out refusal) : ReadAbsolute(request, out refusal);
    }

    private static RequestTarget? ReadTunnel(RawRequest request, out RequestRefusal refusal)
    {
        // RFC 9113, 8.5: a CONNECT of HTTP/2 has no path; its target is the authority.
        var authority = request.Version == RequestVersion.Http2 && request.Target.Length == 0 ? request.Authority : request.Target;
        refusal = authority is null ? RequestRefusal.NoHost
            : request.Version == RequestVersion.Http2 && request.Target.Length > 0 ? RequestRefusal.BadTarget
            : authority.AsSpan().ContainsAny("/?#") ? RequestRefusal.BadTarget
            : RequestRefusal.None;
        return refusal == RequestRefusal.None ? new RequestTarget(null, authority, "", null) : null;
    }

    private static RequestTarget? ReadAbsolute(RawRequest request, out RequestRefusal refusal)
    {
        var target = request.Target;
        var colon = target.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : target[..colon].ToLowerInvariant();
        if (request.Version == RequestVersion.Http2 || scheme is not ("http" or "https"))
        {
            refusal = RequestRefusal.BadTarget;
            return null;
        }

        var rest = target[(colon + 3)..];
        var end = rest.AsSpan().IndexOfAny("/?#\\");
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? "" : rest[end..];

        // RFC 9112, 3.2.4: OPTIONS of a server as a whole is written without a path.
        if (tail.Length == 0 && request.Method == "OPTIONS")
        {
            refusal = RequestRefusal.None;
            return new RequestTarget(scheme, authority, "*", null);
        }

        return ReadOrigin(scheme, authority, tail.StartsWith('/') ? tail : "/" + tail, out refusal);
    }

    private static RequestTarget? ReadOrigin(string? scheme, string? authority, string tail, out RequestRefusal refusal)
    {
        if (tail.Contains('#', StringComparison.Ordinal))
        {
            refusal = RequestRefusal.Fragment;
            return null;
        }

        var mark = tail.IndexOf('?', StringComparison.Ordinal);
        if (UrlPath.Normalize(mark < 0 ? tail : tail.AsSpan(0, mark), out refusal) is not { } path)
        {
            return null;
        }

        var query = mark < 0 ? null : UrlPath.NormalizeQuery(tail.AsSpan(mark + 1), out refusal);

        // What is encoded becomes longer.
        refusal = refusal == RequestRefusal.None && path.Length + (query?.Length ?? -1) + 1 > HttpLimits.Target ? RequestRefusal.TargetTooLong : refusal;
        return refusal == RequestRefusal.None ? new RequestTarget(scheme, authority, path, query) : null;
    }
}
