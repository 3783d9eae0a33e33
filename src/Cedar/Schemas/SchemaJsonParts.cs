using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Json;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Reads names and annotations of JSON schemas.</summary>
internal sealed class SchemaJsonParts(JsonShape shape)
{
    /// <summary>Names of types; those that are none are reported and left out.</summary>
    public ImmutableArray<SchemaName> Paths(JsonNode node, string what)
    {
        var names = ImmutableArray.CreateBuilder<SchemaName>();
        if (shape.Array(node, "an array of names") is { } items)
        {
            foreach (var item in items.Items)
            {
                if (Path(item, what) is { } name)
                {
                    names.Add(name);
                }
            }
        }

        return names.DrainToImmutable();
    }

    /// <summary>A name with its namespace; null after a report.</summary>
    public SchemaName? Path(JsonNode node, string what) =>
        shape.Text(node, "a name, a string") is { } text && IsPath(text, node.Span, what) ? new SchemaName(text, node.Span) : null;

    /// <summary>Whether it is <c>A::B::C</c>; reports if not.</summary>
    public bool IsPath(string text, SourceSpan span, string what)
    {
        var rest = text.AsSpan();
        while (rest.IndexOf("::", StringComparison.Ordinal) is >= 0 and var end)
        {
            if (!CheckIdentifier(rest[..end], text, span, what))
            {
                return false;
            }

            rest = rest[(end + 2)..];
        }

        return CheckIdentifier(rest, text, span, what);
    }

    /// <summary>Whether it is a name without a namespace; reports if not.</summary>
    public bool IsIdentifier(string text, SourceSpan span, string what) => CheckIdentifier(text, text, span, what);

    /// <summary>The value of <c>annotations</c>, if there is one.</summary>
    public ImmutableArray<Annotation> Annotations(JsonNode.Object node)
    {
        if (node.Find("annotations") is not { } value || shape.Object(value, "annotations, an object") is not { } members)
        {
            return [];
        }

        var annotations = ImmutableArray.CreateBuilder<Annotation>(members.Members.Length);
        foreach (var member in members.Members)
        {
            if (!SchemaWords.IsWord(member.Name))
            {
                ReportName(member.Name, member.NameSpan, "an annotation");
                continue;
            }

            var text = member.Value is JsonNode.Null ? "" : shape.Text(member.Value, "the value of an annotation, a string or null");
            if (text is not null)
            {
                annotations.Add(new Annotation(member.Name, text, SourceSpan.Covering(member.NameSpan, member.Value.Span)));
            }
        }

        return annotations.DrainToImmutable();
    }

    private bool CheckIdentifier(ReadOnlySpan<char> part, string whole, SourceSpan span, string what)
    {
        if (SchemaWords.IsReserved(part))
        {
            shape.Diagnostics.Error(CedarCodes.ReservedWord, $"`{part}` is a reserved word", span);
            return false;
        }

        if (!SchemaWords.IsWord(part))
        {
            ReportName(whole, span, what);
            return false;
        }

        return true;
    }

    private void ReportName(string name, SourceSpan span, string what) =>
        shape.Diagnostics.Error(
            CedarCodes.InvalidJsonValue, $"{CedarString.Quote(name)} is no name of {what}", span, "names are made of letters, digits and `_`");
}
