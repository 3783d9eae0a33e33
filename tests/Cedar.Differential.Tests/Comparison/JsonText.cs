using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>JSON with sorted names and numbers as JavaScript holds them, so that equal text is equal meaning.</summary>
internal static class JsonText
{
    public static string Normalize(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        return Normalize(document.RootElement);
    }

    /// <param name="json">Any value.</param>
    /// <param name="unordered">The names of members whose array is a set.</param>
    public static string Normalize(JsonElement json, params string[] unordered)
    {
        var builder = new StringBuilder();
        Write(builder, json, unordered);
        return builder.ToString();
    }

    private static void Write(StringBuilder builder, JsonElement json, string[] unordered)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                builder.Append('{');
                foreach (var member in json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    builder.Append(JsonSerializer.Serialize(member.Name)).Append(':');
                    if (member.Value.ValueKind == JsonValueKind.Array && unordered.Contains(member.Name))
                    {
                        builder.Append('[').AppendJoin(',', member.Value.EnumerateArray().Select(item => Normalize(item, unordered)).Order(StringComparer.Ordinal)).Append(']');
                    }
                    else if (member.Name == "annotations" && member.Value.ValueKind == JsonValueKind.Object)
                    {
                        WriteAnnotations(builder, member.Value);
                    }
                    else
                    {
                        Write(builder, member.Value, unordered);
                    }

                    builder.Append(',');
                }

                builder.Append('}');
                break;
            case JsonValueKind.Array:
                builder.Append('[');
                var previous = default(JsonElement);
                foreach (var item in json.EnumerateArray())
                {
                    // Several wildcards of a pattern in a row are one.
                    var isAgain = IsWildcard(item) && IsWildcard(previous);
                    previous = item;
                    if (isAgain)
                    {
                        continue;
                    }

                    Write(builder, item, unordered);
                    builder.Append(',');
                }

                builder.Append(']');
                break;
            case JsonValueKind.Number:
                builder.Append(json.GetDouble().ToString("R", CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.String:
                builder.Append(JsonSerializer.Serialize(json.GetString()));
                break;
            default:
                builder.Append(json.GetRawText());
                break;
        }
    }

    private static bool IsWildcard(JsonElement item) => item.ValueKind == JsonValueKind.String && item.GetString() == "Wildcard";

    // An annotation without a value has the empty one.
    private static void WriteAnnotations(StringBuilder builder, JsonElement annotations)
    {
        builder.Append('{');
        foreach (var member in annotations.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            builder.Append(JsonSerializer.Serialize(member.Name)).Append(':').Append(JsonSerializer.Serialize(member.Value.GetString() ?? "")).Append(',');
        }

        builder.Append('}');
    }
}
