using System.Collections.Immutable;
using Leash.Plan;

namespace Leash.Http.Canonical;

/// <summary>Reads header fields: names and values one by one, then what they say about the message together.</summary>
internal static class FieldReader
{
    private static readonly string[] s_single =
    [
        "authorization", "proxy-authorization", "content-type", "content-encoding", "content-length", "expect", "origin", "range", "if-range",
        "if-modified-since", "if-unmodified-since", "sec-websocket-key",
    ];

    /// <summary>About the connection: never forwarded, and none of them may be in HTTP/2 (RFC 9113, 8.2.2).</summary>
    private static readonly string[] s_connection = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

    /// <summary>What <c>Connection</c> may name besides headers that are not there.</summary>
    private static readonly string[] s_options = ["close", "keep-alive", "upgrade", "te", "proxy-connection", "http2-settings", "trailer"];

    /// <summary>The fields without <c>Host</c>, whose values are put out; null with the reason.</summary>
    public static ImmutableArray<HttpField>? Read(RawRequest request, out string? host, out RequestRefusal refusal)
    {
        host = null;
        refusal = IsTooMuch(request.Fields) ? RequestRefusal.FieldsTooLong : RequestRefusal.None;
        if (refusal != RequestRefusal.None)
        {
            return null;
        }

        var fields = ImmutableArray.CreateBuilder<HttpField>(request.Fields.Length);
        foreach (var raw in request.Fields)
        {
            refusal = Check(raw, request.Version);
            if (refusal != RequestRefusal.None)
            {
                return null;
            }

            var field = new HttpField(raw.Name.ToLowerInvariant(), raw.Value.Trim(' ', '\t'));
            if (field.Name != "host")
            {
                fields.Add(field);
            }
            else if (host is null)
            {
                host = field.Value;
            }
            else
            {
                refusal = RequestRefusal.DuplicateHost;
                return null;
            }
        }

        var read = fields.ToImmutable();
        refusal = CheckTogether(read, request.Version);
        return refusal == RequestRefusal.None ? read : null;
    }

    /// <summary>The host does not count: it may be given in other places too.</summary>
    private static bool IsTooMuch(ImmutableArray<HttpField> fields)
    {
        var others = fields.Where(field => !field.Name.Equals("host", StringComparison.OrdinalIgnoreCase)).ToList();
        return others.Count > HttpLimits.Fields || others.Sum(field => (long)field.Name.Length + field.Value.Length) > HttpLimits.FieldCharacters;
    }

    private static RequestRefusal Check(HttpField field, RequestVersion version)
    {
        if (!FieldText.IsName(field.Name) || (version == RequestVersion.Http2 && field.Name.AsSpan().ContainsAnyInRange('A', 'Z')))
        {
            return RequestRefusal.BadFieldName;
        }

        if (!FieldText.HasControl(field.Value))
        {
            return RequestRefusal.None;
        }

        return field.Value.Contains("\n ", StringComparison.Ordinal) || field.Value.Contains("\n\t", StringComparison.Ordinal)
            ? RequestRefusal.ObsoleteFold
            : RequestRefusal.BadFieldValue;
    }

    private static RequestRefusal CheckTogether(ImmutableArray<HttpField> fields, RequestVersion version)
    {
        foreach (var name in s_single)
        {
            if (fields.Count(field => field.Name == name) > 1)
            {
                return name == "content-length" ? RequestRefusal.BadLength : RequestRefusal.DuplicateField;
            }
        }

        if (version == RequestVersion.Http2
            && fields.Any(field => s_connection.Contains(field.Name) || (field.Name == "te" && field.Value != "trailers")))
        {
            return RequestRefusal.BadConnection;
        }

        var framing = CheckFraming(fields, version);
        return framing != RequestRefusal.None ? framing : CheckConnection(fields);
    }

    /// <summary>RFC 9112, 6.1 and 6.3: how long the body is must be said once, and in one way.</summary>
    private static RequestRefusal CheckFraming(ImmutableArray<HttpField> fields, RequestVersion version)
    {
        var encodings = fields.Where(field => field.Name == "transfer-encoding").ToList();
        var length = fields.FirstOrDefault(field => field.Name == "content-length");
        if (length.Name is not null && !FieldText.IsLength(length.Value))
        {
            return RequestRefusal.BadLength;
        }

        if (encodings.Count == 0)
        {
            return RequestRefusal.None;
        }

        return version == RequestVersion.Http10 || encodings.Count > 1 || !encodings[0].Value.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? RequestRefusal.BadTransferEncoding
            : length.Name is null ? RequestRefusal.None : RequestRefusal.BadLength;
    }

    /// <summary>RFC 9110, 7.6.1: what <c>Connection</c> names is not forwarded, so it could make headers disappear after the decision.</summary>
    private static RequestRefusal CheckConnection(ImmutableArray<HttpField> fields)
    {
        var options = fields.Where(field => field.Name == "connection")
            .SelectMany(field => field.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return options.Any(option =>
                !s_options.Contains(option, StringComparer.OrdinalIgnoreCase)
                && fields.Any(field => field.Name.Equals(option, StringComparison.OrdinalIgnoreCase)))
            ? RequestRefusal.BadConnection
            : RequestRefusal.None;
    }
}
