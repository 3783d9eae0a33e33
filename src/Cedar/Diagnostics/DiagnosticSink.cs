using System.Collections.Immutable;
using Cedar.Syntax;

namespace Cedar.Diagnostics;

/// <summary>Collects the diagnostics of one text, up to a limit: hostile input must not fill the memory with complaints.</summary>
internal sealed class DiagnosticSink(SourceText source)
{
    /// <summary>After this many, one more says that the rest is left out.</summary>
    public const int Limit = 1_000;

    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    /// <summary>How many errors were found, also those beyond the limit.</summary>
    public int ErrorCount { get; private set; }

    public void Error(string code, string message, SourceSpan span, string? help = null)
    {
        ErrorCount++;
        Add(Severity.Error, code, message, span, help);
    }

    public void Warning(string code, string message, SourceSpan span, string? help = null) => Add(Severity.Warning, code, message, span, help);

    /// <summary>In order of place: the lexer reads ahead of the parser, so they do not arrive that way.</summary>
    public ImmutableArray<Diagnostic> ToImmutable()
    {
        if (_diagnostics.Count == 0)
        {
            return [];
        }

        return [.. _diagnostics.OrderBy(diagnostic => diagnostic.Span.Start)];
    }

    private void Add(Severity severity, string code, string message, SourceSpan span, string? help)
    {
        if (_diagnostics.Count < Limit)
        {
            _diagnostics.Add(new Diagnostic(code, severity, message, help, span, source));
        }
        else if (_diagnostics.Count == Limit)
        {
            _diagnostics.Add(new Diagnostic(
                CedarCodes.TooManyErrors, Severity.Error, $"more than {Limit} errors; the rest is not reported", null, span, source));
        }
    }
}
