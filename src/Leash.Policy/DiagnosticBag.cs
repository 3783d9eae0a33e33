using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Leash.Policy;

/// <summary>Collects diagnostics of one compilation.</summary>
internal sealed class DiagnosticBag
{
    /// <summary>Beyond this, complaints only cost memory.</summary>
    private const int Limit = 1_000;

    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>By document, then by place: the steps of compilation find them in another order.</summary>
    public ImmutableArray<Diagnostic> InOrder(IReadOnlyList<PolicyDocument> documents)
    {
        if (_diagnostics.Count < 2)
        {
            return [.. _diagnostics];
        }

        var numbers = documents.Select((document, number) => (document.Name, number)).DistinctBy(pair => pair.Name, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Name, pair => pair.number, StringComparer.Ordinal);
        return [.. _diagnostics.OrderBy(diagnostic => numbers[diagnostic.Source.Name]).ThenBy(diagnostic => diagnostic.Span.Start)];
    }

    public int ErrorCount { get; private set; }

    public void Add(Diagnostic diagnostic)
    {
        ErrorCount += diagnostic.Severity == Severity.Error ? 1 : 0;
        if (_diagnostics.Count < Limit || (diagnostic.Severity == Severity.Error && ErrorCount == 1))
        {
            _diagnostics.Add(diagnostic);
        }
    }

    public void Error(string code, string message, string? help, SourceSpan span, SourceText source) =>
        Add(new Diagnostic(code, Severity.Error, message, help, span, source));

    public void Warn(string code, string message, string? help, SourceSpan span, SourceText source) =>
        Add(new Diagnostic(code, Severity.Warning, message, help, span, source));

    public void Hint(string code, string message, string? help, SourceSpan span, SourceText source) =>
        Add(new Diagnostic(code, Severity.Hint, message, help, span, source));
}
