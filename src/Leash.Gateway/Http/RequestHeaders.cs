using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Leash.Plan;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Http;

/// <summary>A request's headers as they were received, and what of them does not travel further.</summary>
internal static class RequestHeaders
{
    // Kestrel moves Content-Length here when there is Transfer-Encoding too, as a server that prefers the latter may.
    private const string MovedContentLength = "x-content-length";

    /// <summary>
    /// Belongs to this connection only (RFC 9110 §7.6.1), or to a proxy, which the gateway is not to anyone. What else Connection names has no header in a
    /// request that can be read. Trailer announces what does not follow: .NET's client cannot send trailers (RFC 9110 §6.5.1 lets an intermediary leave them out).
    /// </summary>
    private static readonly string[] HopByHop =
    [
        "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "proxy-authentication-info", "http2-settings", "alt-used", "close", "trailer",
    ];

    /// <summary>Written anew by whoever forwards.</summary>
    private static readonly string[] Framing = ["connection", "transfer-encoding"];

    /// <summary>All of them, names in lower case.</summary>
    /// <param name="headers">Kestrel's.</param>
    /// <param name="withHost">Whether Host is one of them: HTTP/2's <c>:authority</c> arrives as one.</param>
    public static ImmutableArray<HttpField> Read(IHeaderDictionary headers, bool withHost)
    {
        var fields = ImmutableArray.CreateBuilder<HttpField>(headers.Count);
        foreach (var (key, values) in headers)
        {
            var name = key.ToLowerInvariant();
            if (name == "host" && !withHost)
            {
                continue;
            }

            name = name == MovedContentLength && headers.TransferEncoding.Count > 0 ? "content-length" : name;
            foreach (var value in values)
            {
                fields.Add(new HttpField(name, ToText(value ?? "")));
            }
        }

        return fields.DrainToImmutable();
    }

    /// <summary>Those that are forwarded.</summary>
    public static ImmutableArray<HttpField> Forwarded(ImmutableArray<HttpField> fields, bool isUpgrade) =>
        fields.RemoveAll(field => Framing.Contains(field.Name) || IsHopByHop(field.Name, isUpgrade));

    /// <summary>Takes away what is between the client and the gateway only.</summary>
    public static void RemoveHopByHop(IHeaderDictionary headers, bool isUpgrade)
    {
        foreach (var name in HopByHop)
        {
            headers.Remove(name);
        }

        if (!isUpgrade)
        {
            headers.Remove("upgrade");
        }
    }

    private static bool IsHopByHop(string name, bool isUpgrade) => HopByHop.Contains(name) || (name == "upgrade" && !isUpgrade);

    /// <summary>What policies compare with: UTF-8 as text, and other bytes one character each; see <see cref="HeaderText"/>.</summary>
    private static string ToText(string value)
    {
        if (Ascii.IsValid(value))
        {
            return value;
        }

        var bytes = Encoding.Latin1.GetBytes(value);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }
}
