using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Formatting;

/// <summary>The formatted text, or why there is none.</summary>
/// <param name="Text">With <c>\n</c> at the end of every line; empty for a text without policies and comments; null exactly when there are errors.</param>
/// <param name="Diagnostics">What is wrong with the text: one with mistakes is not formatted.</param>
public sealed record FormatResult(string? Text, ImmutableArray<Diagnostic> Diagnostics);
