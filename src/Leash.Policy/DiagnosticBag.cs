using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Leash.Policy;

/// <summary>Collects diagnostics of one compilation.</summary>
internal sealed class DiagnosticBag
{
    /// <summary>Beyond this, complaints only cost memory.</summary>
    private const int Limit = 1_000;

    private readonly List<Diagnostic> _diagnostics = [];

    public IReadOnlyList<Diagnostic> Items => _diagnostics;

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
