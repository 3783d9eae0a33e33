using System.Text;
using Cedar.Schemas;

namespace Cedar.Tests.Schemas;

/// <summary>A resolved schema as text that shows all of it, in one order, for comparison; or why there is none.</summary>
internal static class SchemaText
{
    public static string Of(SchemaResult result) =>
        result.Schema is { } schema ? Of(schema) : string.Join('\n', result.Diagnostics);

    private static string Of(Schema schema)
    {
        var text = new StringBuilder();
        foreach (var type in schema.EntityTypes.Values.OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            text.Append("entity ").Append(type.Name).Append(" in [").AppendJoin(", ", type.Ancestors.Order(StringComparer.Ordinal)).Append("] ")
                .Append(Of(type.Attributes));
            if (type.Tags is { } tags)
            {
                text.Append(" tags ").Append(Of(tags));
            }

            if (type.Choices is { } choices)
            {
                text.Append(" enum [").AppendJoin(", ", choices).Append(']');
            }

            text.Append('\n');
        }

        foreach (var action in schema.Actions.Values.OrderBy(action => action.Uid.ToString(), StringComparer.Ordinal))
        {
            text.Append(action.Uid).Append(" in [").AppendJoin(", ", action.Ancestors.Select(uid => uid.ToString()).Order(StringComparer.Ordinal))
                .Append("] (").AppendJoin(", ", action.PrincipalTypes).Append("; ").AppendJoin(", ", action.ResourceTypes).Append("; ")
                .Append(Of(action.Context)).Append(")\n");
        }

        return text.ToString();
    }

    private static string Of(SchemaType type) => type switch
    {
        SchemaType.Set set => $"Set<{Of(set.Element)}>",
        SchemaType.Record record => $"{{{string.Join(", ", record.Attributes.Select(a => $"{a.Key}{(a.Value.IsRequired ? "" : "?")}: {Of(a.Value.Type)}"))}}}",
        SchemaType.Entity entity => $"`{entity.Name}`",
        SchemaType.Extension extension => extension.Name,
        SchemaType.Boolean => "Bool",
        SchemaType.Integer => "Long",
        _ => "String",
    };
}
