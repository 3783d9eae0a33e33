using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Formatting;

/// <summary>
/// Lays out Cedar texts. Only white space changes, so a formatted text says exactly what it said before, and formatting it again changes
/// nothing. Comments stay at the token they belong to.
/// </summary>
public static class CedarFormatter
{
    /// <summary>Formats policies and templates. Never throws; a text with mistakes is reported, not formatted.</summary>
    public static FormatResult Format(SourceText source, FormatOptions? options = null)
    {
        var parsed = CedarParser.Parse(source);
        if (parsed.HasErrors)
        {
            return new FormatResult(null, parsed.Diagnostics);
        }

        var printer = new DocPrinter(options ?? FormatOptions.Default);
        new PolicyLayout(new TokenStream(source), printer).PrintAll();
        return new FormatResult(printer.ToString(), parsed.Diagnostics);
    }

    /// <summary>Formats a schema in Cedar syntax. Never throws; a text with mistakes is reported, not formatted.</summary>
    public static FormatResult FormatSchema(SourceText source, FormatOptions? options = null)
    {
        var parsed = SchemaParser.Parse(source);
        if (parsed.HasErrors)
        {
            return new FormatResult(null, parsed.Diagnostics);
        }

        var used = options ?? FormatOptions.Default;
        var printer = new DocPrinter(used);
        new SchemaLayout(new TokenStream(source), printer, used.IndentWidth).PrintAll();
        return new FormatResult(printer.ToString(), parsed.Diagnostics);
    }
}
