using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Tests.Schemas;

/// <summary>A row of a table: a text and, behind an arrow, the reports on it as code and underlined text.</summary>
internal static class SchemaRow
{
    private const string Arrow = " => ";

    public static (string Text, string Reports) Split(string row)
    {
        var end = row.LastIndexOf(Arrow, StringComparison.Ordinal);
        return end < 0 ? (row, "") : (row[..end], row[(end + Arrow.Length)..]);
    }

    public static string Reports(string text, ImmutableArray<Diagnostic> diagnostics) =>
        string.Join("; ", diagnostics.Select(d => $"{d.Code} `{Underlined(text, d)}`"));

    public static string Underlined(string text, Diagnostic diagnostic) => text.Substring(diagnostic.Span.Start, diagnostic.Span.Length);
}
