using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Diagnostics;

/// <summary>How much a diagnostic matters.</summary>
public enum Severity
{
    Error,
    Warning,
    Hint,
}

/// <summary>Something to tell the author of a policy text.</summary>
/// <param name="Code">Stable and listed in the documentation: <c>CEDARnnnn</c> here, other prefixes from other producers.</param>
/// <param name="Severity">An error keeps the text from being used.</param>
/// <param name="Message">One line, lower case, without a period, user text in backticks.</param>
/// <param name="Help">What to do about it, or null.</param>
/// <param name="Span">Where, in <paramref name="Source"/>.</param>
/// <param name="Source">The text it is about.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, string? Help, SourceSpan Span, SourceText Source)
{
    /// <summary>One line, lower case, without a period, user text in backticks. Control characters in it are written as escapes.</summary>
    public string Message { get; init; } = CedarString.EscapeControls(Message);

    /// <summary>What to do about it, or null.</summary>
    public string? Help { get; init; } = Help is null ? null : CedarString.EscapeControls(Help);

    /// <summary>One line: <c>file:line:column: error[CODE]: message</c>.</summary>
    public override string ToString()
    {
        var (line, column) = Source.GetLineColumn(Span.Start);
        return $"{Source.Name}:{line}:{column}: {Severity.Label()}[{Code}]: {Message}";
    }
}

/// <summary>Helpers over diagnostics.</summary>
public static class DiagnosticExtensions
{
    /// <summary>Whether any is an error.</summary>
    public static bool HasErrors(this ImmutableArray<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Severity == Severity.Error)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The word that people read.</summary>
    public static string Label(this Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Hint => "hint",
    };
}
