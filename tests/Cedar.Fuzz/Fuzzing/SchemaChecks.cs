using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every schema text.</summary>
internal static class SchemaChecks
{
    public static string? Text(string text)
    {
        var result = Schema.Parse(new SourceText("fuzz.cedarschema", text));
        return result.HasErrors != result.Schema is null
            ? "there is a schema exactly when there are no errors"
            : DiagnosticChecks.Check(result.Diagnostics, text);
    }
}
