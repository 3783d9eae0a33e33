using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every diagnostic.</summary>
internal static class DiagnosticChecks
{
    public static string? Check(ImmutableArray<Diagnostic> diagnostics, string text)
    {
        foreach (var diagnostic in diagnostics)
        {
            var span = diagnostic.Span;
            if (span.Start < 0 || span.Length < 0 || span.Start + span.Length > text.Length)
            {
                return $"{diagnostic.Code} at {span} is outside of the text";
            }

            if (diagnostic.Message.Length == 0 || diagnostic.Message.Contains('\n', StringComparison.Ordinal))
            {
                return $"{diagnostic.Code} has no message of one line: {diagnostic.Message}";
            }
        }

        // It shows lines of the text, which may be anything.
        if (diagnostics.Length > 0)
        {
            _ = new DiagnosticRenderer().Render(diagnostics[0]);
        }

        return null;
    }
}
