using System.Globalization;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Json;

/// <summary>Takes nodes apart and reports what is not as expected. Every method returns null after a report.</summary>
internal sealed class JsonShape(DiagnosticSink diagnostics)
{
    public DiagnosticSink Diagnostics { get; } = diagnostics;

    /// <param name="node">What is there.</param>
    /// <param name="what">What is expected, as in `a policy, an object`.</param>
    public JsonNode.Object? Object(JsonNode node, string what) => node as JsonNode.Object ?? Wrong<JsonNode.Object>(node, what);

    public JsonNode.Array? Array(JsonNode node, string what) => node as JsonNode.Array ?? Wrong<JsonNode.Array>(node, what);

    public string? Text(JsonNode node, string what) => node is JsonNode.Text text ? text.Value : Wrong<string>(node, what);

    public bool? Bool(JsonNode node, string what)
    {
        if (node is JsonNode.Bool flag)
        {
            return flag.Value;
        }

        Wrong<string>(node, what);
        return null;
    }

    /// <summary>A whole number of 64 bits, written without fraction and exponent.</summary>
    public long? Long(JsonNode.Number node)
    {
        if (long.TryParse(node.Written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        Diagnostics.Error(
            CedarCodes.InvalidJsonValue, $"`{node.Written}` is not a long", node.Span, $"integers go from {long.MinValue} to {long.MaxValue}");
        return null;
    }

    /// <summary>The value of that name.</summary>
    public JsonNode? Required(JsonNode.Object node, string name)
    {
        if (node.Find(name) is { } value)
        {
            return value;
        }

        Diagnostics.Error(CedarCodes.MissingJsonName, $"`{name}` is missing", new SourceSpan(node.Span.Start, 1));
        return null;
    }

    /// <summary>Reports every name that is not one of these.</summary>
    public bool HasOnly(JsonNode.Object node, params string[] names)
    {
        var isGood = true;
        foreach (var member in node.Members)
        {
            if (!names.Contains(member.Name, StringComparer.Ordinal))
            {
                isGood = false;
                Diagnostics.Error(
                    CedarCodes.UnknownJsonName, $"unknown name {CedarString.Quote(member.Name)}", member.NameSpan, Suggestion.DidYouMean(member.Name, names));
            }
        }

        return isGood;
    }

    /// <summary>Warns of every name that is not one of these and therefore means nothing.</summary>
    public void WarnOfUnknown(JsonNode.Object node, string[] names)
    {
        foreach (var member in node.Members)
        {
            if (!names.Contains(member.Name, StringComparer.Ordinal))
            {
                Diagnostics.Warning(
                    CedarCodes.UnknownJsonName, $"{CedarString.Quote(member.Name)} means nothing here", member.NameSpan,
                    Suggestion.DidYouMean(member.Name, names));
            }
        }
    }

    /// <summary>Reports that something else was expected.</summary>
    public T? Wrong<T>(JsonNode node, string what)
        where T : class
    {
        Diagnostics.Error(CedarCodes.JsonKind, $"expected {what}, found {node.Kind}", node.Span);
        return null;
    }
}
