using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>
/// Reads schemas in Cedar syntax (Cedar spec, "Cedar schema grammar"). Never throws and never overflows the stack, whatever the text, and reports
/// all mistakes in it.
/// </summary>
public static class SchemaParser
{
    /// <summary>The schema as written. Whether its names are declared is found by <see cref="SchemaResolver"/>.</summary>
    public static SchemaParseResult Parse(SourceText source)
    {
        var diagnostics = new DiagnosticSink(source);
        if (CedarParser.IsTooLarge(source, diagnostics))
        {
            return new SchemaParseResult(null, diagnostics.ToImmutable());
        }

        var document = new SchemaTextParser(new TokenReader(source, diagnostics)).Parse();
        return new SchemaParseResult(diagnostics.ErrorCount == 0 ? document : null, diagnostics.ToImmutable());
    }
}
