using System.Collections.Immutable;
using System.Text;

namespace Leash.Plan;

/// <summary>The texts of a request, or of a change of its headers, that statements can look at.</summary>
public enum HttpText
{
    Method,
    Path,
    Query,
    Scheme,

    /// <summary>Of a rewrite: the name of the header, lower case.</summary>
    RewriteHeader,

    /// <summary>Of a rewrite: the value as the policy writes it; empty when the header is removed.</summary>
    RewriteValue,

    /// <summary>Of a rewrite: <c>set</c>, <c>add</c> or <c>remove</c>.</summary>
    RewriteOperation,
}

/// <summary>One header field.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Value">Without space around it.</param>
public readonly record struct HttpField(string Name, string Value);

/// <summary>What an HTTP request asks for, in canonical form: the host is a matter of its own.</summary>
/// <param name="method">Upper case.</param>
/// <param name="path">Absolute, percent-encoded; <c>*</c> of <c>OPTIONS *</c>, empty of a <c>CONNECT</c>.</param>
/// <param name="query">What follows the <c>?</c>, percent-encoded; empty when there is none.</param>
/// <param name="scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="fields">In the order received.</param>
public sealed class HttpMessage(string method, string path, string query, string scheme, ImmutableArray<HttpField> fields) : IHttpSubject
{
    private byte[]? _pathBytes;

    public string Method { get; } = method;

    public string Path { get; } = path;

    public string Query { get; } = query;

    public string Scheme { get; } = scheme;

    public ImmutableArray<HttpField> Fields { get; } = fields;

    /// <summary>The path in UTF-8, which many patterns are compared with.</summary>
    internal ReadOnlySpan<byte> PathBytes => _pathBytes ??= Encoding.UTF8.GetBytes(Path);

    public string? TextOf(HttpText text) => text switch
    {
        HttpText.Method => Method,
        HttpText.Path => Path,
        HttpText.Query => Query,
        HttpText.Scheme => Scheme,
        HttpText.RewriteHeader or HttpText.RewriteValue or HttpText.RewriteOperation => null,
    };

    /// <summary>
    /// The value of a header, null without one. Lines of one name are one value, joined by a comma (RFC 9110, 5.3) and those of cookies by a
    /// semicolon (RFC 9113, 8.2.3).
    /// </summary>
    public string? HeaderOf(string name)
    {
        string? value = null;
        foreach (var field in Fields)
        {
            if (field.Name == name)
            {
                value = value is null ? field.Value : string.Concat(value, name == "cookie" ? "; " : ", ", field.Value);
            }
        }

        return value;
    }
}
