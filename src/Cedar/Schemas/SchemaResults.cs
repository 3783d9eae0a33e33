using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Schemas;

/// <summary>What a schema text contains; <see cref="Document"/> is null exactly when there are errors.</summary>
public sealed record SchemaParseResult(SchemaDocument? Document, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>A schema that can be used; <see cref="Schema"/> is null exactly when there are errors. There may be warnings in any case.</summary>
public sealed record SchemaResult(Schema? Schema, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}
