using Cedar.Formatting;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every schema: what is written again, formatted or in the other form, says the same.</summary>
internal static class SchemaChecks
{
    public static string? Text(string text)
    {
        var source = new SourceText("fuzz.cedarschema", text);
        var parsed = SchemaParser.Parse(source);
        if (parsed.Document is not { } document)
        {
            return DiagnosticChecks.Check(parsed.Diagnostics, text);
        }

        var json = SchemaJson.Write(document);
        if (CedarFormatter.FormatSchema(source).Text is not { } formatted
            || SchemaParser.Parse(new SourceText("formatted.cedarschema", formatted)).Document is not { } again || SchemaJson.Write(again) != json)
        {
            return "formatting changed the meaning";
        }

        if (CedarFormatter.FormatSchema(new SourceText("formatted.cedarschema", formatted)).Text != formatted)
        {
            return $"formatting again changes:\n{formatted}";
        }

        return Check(Schema.Parse(source), Schema.ParseJson(new SourceText("written.json", json)), text);
    }

    public static string? Json(string text)
    {
        var source = new SourceText("fuzz.json", text);
        var parsed = SchemaJson.Parse(source);
        if (parsed.Document is not { } document)
        {
            return DiagnosticChecks.Check(parsed.Diagnostics, text);
        }

        var result = Schema.ParseJson(source);
        var problem = Check(result, Schema.ParseJson(new SourceText("written.json", SchemaJson.Write(document))), text);
        if (problem is not null || result.HasErrors || SchemaPrinter.Print(document).Text is not { } written)
        {
            return problem;
        }

        return Check(result, Schema.Parse(new SourceText("written.cedarschema", written)), text);
    }

    private static string? Check(SchemaResult result, SchemaResult again, string text)
    {
        if (result.HasErrors != result.Schema is null)
        {
            return "there is a schema exactly when there are no errors";
        }

        if (DiagnosticChecks.Check(result.Diagnostics, text) is { } problem)
        {
            return problem;
        }

        return result.HasErrors == again.HasErrors ? Compare(result.Schema, again.Schema)
            : $"is {(result.HasErrors ? "refused" : "accepted")}, and not so when written again: {string.Join("; ", again.Diagnostics.Concat(result.Diagnostics))}";
    }

    private static string? Compare(Schema? schema, Schema? again)
    {
        if (schema is null || again is null)
        {
            return null;
        }

        var isSame = schema.EntityTypes.Count == again.EntityTypes.Count && schema.Actions.Count == again.Actions.Count
            && schema.EntityTypes.Values.All(type => again.EntityTypes.TryGetValue(type.Name, out var other) && IsSame(type, other))
            && schema.Actions.Values.All(action => again.Actions.TryGetValue(action.Uid, out var other) && IsSame(action, other));
        return isSame ? null : "written again it is another schema";
    }

    private static bool IsSame(EntityTypeDefinition type, EntityTypeDefinition other) =>
        type.Ancestors.SetEquals(other.Ancestors) && type.Attributes.Equals(other.Attributes) && Equals(type.Tags, other.Tags)
        && (type.Choices ?? []).SequenceEqual(other.Choices ?? []) && type.Choices.HasValue == other.Choices.HasValue;

    private static bool IsSame(ActionDefinition action, ActionDefinition other) =>
        action.Ancestors.SetEquals(other.Ancestors) && action.PrincipalTypes.ToHashSet().SetEquals(other.PrincipalTypes)
        && action.ResourceTypes.ToHashSet().SetEquals(other.ResourceTypes) && action.Context.Equals(other.Context);
}
