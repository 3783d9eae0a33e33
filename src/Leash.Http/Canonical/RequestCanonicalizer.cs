using System.Collections.Immutable;
using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>
/// Brings requests into the one form that is decided, and forwarded exactly so. What is malformed, or could be understood in two ways, is
/// refused. Pure; never throws.
/// </summary>
public static class RequestCanonicalizer
{
    /// <summary>The canonical request, or why there is none.</summary>
    public static CanonicalResult Canonicalize(RawRequest request)
    {
        var refusal = CheckMethod(request);
        if (refusal != RequestRefusal.None
            || FieldReader.Read(request, out var hostField, out refusal) is not { } fields
            || TargetReader.Read(request, out refusal) is not { } target
            || ReadHost(request, target, hostField, out refusal) is not { } host)
        {
            return new CanonicalResult(null, refusal);
        }

        return new CanonicalResult(Build(request, target, host, fields), RequestRefusal.None);
    }

    private static CanonicalRequest Build(
        RawRequest request, RequestTarget target, (HttpHost Host, int Port) host, ImmutableArray<HttpField> fields) => new()
        {
            Version = request.Version,
            Method = request.Method,
            Scheme = request.Scheme,
            Host = host.Host,
            Port = host.Port,
            Path = target.Path,
            Query = target.Query,
            Protocol = request.Protocol,
            Fields = fields,
        };

    private static RequestRefusal CheckMethod(RawRequest request)
    {
        if (request.Scheme is not ("http" or "https"))
        {
            return RequestRefusal.SchemeMismatch;
        }

        if (request.Method.Length > HttpLimits.Method || !HttpCharacters.IsToken(request.Method) || request.Method.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            return RequestRefusal.BadMethod;
        }

        // RFC 8441, 4: :protocol comes with CONNECT only, and in HTTP/2 only.
        return request.Protocol is { } protocol
            && (request.Method != "CONNECT" || request.Version != RequestVersion.Http2 || !HttpCharacters.IsToken(protocol))
            ? RequestRefusal.BadTarget
            : RequestRefusal.None;
    }

    /// <summary>The host on which target, <c>:authority</c>, <c>Host</c> and TLS agree.</summary>
    private static (HttpHost Host, int Port)? ReadHost(RawRequest request, RequestTarget target, string? hostField, out RequestRefusal refusal)
    {
        if (target.Scheme is not null && target.Scheme != request.Scheme)
        {
            refusal = RequestRefusal.SchemeMismatch;
            return null;
        }

        var isTunnel = target.Path.Length == 0;

        // RFC 9112, 3.2: HTTP/1.1 has a Host whatever the target says; tunnels are asked for without one by many.
        if (hostField is null && request.Version != RequestVersion.Http2 && !isTunnel)
        {
            refusal = RequestRefusal.NoHost;
            return null;
        }

        (HttpHost Host, int Port)? agreed = null;
        var defaultPort = isTunnel ? 0 : CanonicalRequest.DefaultPort(request.Scheme);
        foreach (var text in new[] { target.Authority, request.Authority, hostField })
        {
            if (text is null)
            {
                continue;
            }

            if (HostReader.ReadAuthority(text, defaultPort, out refusal) is not { } read)
            {
                return null;
            }

            if (agreed is { } before && before != read)
            {
                refusal = RequestRefusal.HostMismatch;
                return null;
            }

            agreed = read;
        }

        refusal = agreed is { } host ? CheckConnection(request, host, isTunnel) : RequestRefusal.NoHost;
        return refusal == RequestRefusal.None ? agreed : null;
    }

    private static RequestRefusal CheckConnection(RawRequest request, (HttpHost Host, int Port) host, bool isTunnel)
    {
        if (isTunnel)
        {
            return RequestRefusal.None;
        }

        if (request.Port is { } port && port != host.Port)
        {
            return RequestRefusal.PortMismatch;
        }

        // RFC 6066, 3: a name in lower or upper case, never an address.
        return request.ServerName is { } name && !string.Equals(name, host.Host.Name, StringComparison.OrdinalIgnoreCase)
            ? RequestRefusal.HostMismatch
            : RequestRefusal.None;
    }
}
