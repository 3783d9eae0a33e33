using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Schemas;

/// <summary>A schema in Cedar syntax; <see cref="Text"/> is null exactly when there are errors.</summary>
public sealed record SchemaPrintResult(string? Text, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>Writes schemas in Cedar syntax.</summary>
public static class SchemaPrinter
{
    /// <summary>
    /// A text in Cedar syntax that resolves to the same schema as the document, with its annotations, indented by two spaces and ending with a
    /// line feed. Comments are not kept. A few things can be said in JSON only, such as an entity type whose shape is a common type: they are
    /// errors, with places in the document's source.
    /// </summary>
    public static SchemaPrintResult Print(SchemaDocument document)
    {
        var diagnostics = new DiagnosticSink(document.Source);
        var text = new SchemaTextWriter(document, diagnostics).Write();

        // A record that turned out too long for one line was written twice.
        return new SchemaPrintResult(diagnostics.ErrorCount == 0 ? text : null, [.. diagnostics.ToImmutable().Distinct()]);
    }
}
