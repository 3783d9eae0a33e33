using System.Text.Encodings.Web;
using System.Text.Json;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;
using Leash.Http.Canonical;
using Microsoft.AspNetCore.Http;

namespace Leash.Gateway.Http;

/// <summary>The answer to a refused request: <c>application/problem+json</c> (RFC 9457), which says to an agent what was refused, by which statement, and how to ask.</summary>
internal static class Problem
{
    private const string MediaType = "application/problem+json";

    // The answer is read by people and agents, never as HTML: quotes of policies stay quotes.
    private static readonly JsonWriterOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answer, unless one has begun.</summary>
    public static async Task WriteAsync(HttpContext context, RequestRecord record)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var refusal = record.Refusal ?? GatewayRefusal.Denied;
        var body = Format(record, refusal);
        context.Response.Clear();
        context.Response.StatusCode = refusal.ToStatus();
        context.Response.ContentType = MediaType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (refusal == GatewayRefusal.UnsupportedMethod)
        {
            // RFC 9110 §15.5.6 wants it.
            context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>The text; values of the query are not in it.</summary>
    internal static byte[] Format(RequestRecord record, GatewayRefusal refusal)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_readable))
        {
            json.WriteStartObject();
            json.WriteString("type", "urn:leash:gateway:" + refusal.ToCode());
            json.WriteString("title", refusal.ToText());
            json.WriteNumber("status", refusal.ToStatus());
            json.WriteString("detail", $"leash: {record.Reason ?? refusal.ToText()}: {record.Method} {record.Scheme}://{HostText.ToAuthority(record.Host)}{PortOf(record)}{record.Path}");
            json.WriteString("code", refusal.ToCode());
            json.WriteNumber("request", record.Id);
            json.WriteStartArray("policies");
            foreach (var id in record.PolicyIds)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            if (record.Help is { } help)
            {
                json.WriteString("help", help);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string PortOf(RequestRecord record) =>
        record.Port == CanonicalRequest.DefaultPort(record.Scheme) ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $":{record.Port}");
}
