using Cedar.Schemas;

namespace Cedar.Tests.Schemas;

/// <summary>A resolved schema as text that shows all of it, in one order, for comparison.</summary>
internal static class SchemaText
{
    public static string Of(SchemaResult result) =>
        result.Schema is { } schema ? Of(schema) : string.Join('\n', result.Diagnostics);

    public static string Of(SchemaType type) => type switch
    {
        SchemaType.Set set => $"Set<{Of(set.Element)}>",
        SchemaType.Record record => $"{{{string.Join(", ", record.Attributes.Select(a => $"{a.Key}{(a.Value.IsRequired ? "" : "?")}: {Of(a.Value.Type)}"))}}}",
        SchemaType.Entity entity => entity.Name,
        SchemaType.Extension extension => $"__cedar::{extension.Name}",
        SchemaType.Boolean => "__cedar::Bool",
        SchemaType.Integer => "__cedar::Long",
        _ => "__cedar::String",
    };

    private static string Of(Schema schema)
    {
        var entities = schema.EntityTypes.Values.OrderBy(type => type.Name, StringComparer.Ordinal).Select(Of);
        var actions = schema.Actions.Values.OrderBy(action => action.Uid.ToString(), StringComparer.Ordinal).Select(Of);
        return string.Join('\n', entities.Concat(actions));
    }

    private static string Of(EntityTypeDefinition type)
    {
        var choices = type.Choices is { } ids ? $" enum {string.Join(", ", ids)}" : "";
        var tags = type.Tags is { } tag ? $" tags {Of(tag)}" : "";
        return $"{type.Name}{choices}{In(type.Ancestors)} {Of(type.Attributes)}{tags}";
    }

    private static string Of(ActionDefinition action) =>
        $"{action.Uid}{In(action.Ancestors.Select(group => group.ToString()))} [{string.Join(", ", action.PrincipalTypes)}]"
        + $" [{string.Join(", ", action.ResourceTypes)}] {Of(action.Context)}";

    private static string In(IEnumerable<string> ancestors)
    {
        var names = string.Join(", ", ancestors.Order(StringComparer.Ordinal));
        return names.Length > 0 ? $" in {names}" : "";
    }
}
