using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Validation;

/// <summary>Collects what is wrong with one policy. The same mistake found for several requests is told once.</summary>
internal sealed class Findings(Policy policy)
{
    private readonly Dictionary<string, Finding> _findings = new(StringComparer.Ordinal);

    /// <summary>For which requests the policy is being checked; null while that does not matter.</summary>
    public RequestEnvironment? Environment { get; set; }

    /// <summary>Whether there is any error.</summary>
    public bool HasErrors { get; private set; }

    public void Error(string code, SourceSpan span, string message, string? help = null) =>
        Add(Severity.Error, code, span, message, help);

    public void Warning(string code, SourceSpan span, string message, string? help = null) =>
        Add(Severity.Warning, code, span, message, help);

    /// <summary>In order of place.</summary>
    /// <param name="environments">For how many requests the conditions were checked; what was found for fewer names one.</param>
    public IEnumerable<Diagnostic> ToDiagnostics(int environments) => _findings.Values
        .OrderBy(finding => finding.Diagnostic.Span.Start)
        .ThenBy(finding => finding.Diagnostic.Code, StringComparer.Ordinal)
        .Select(finding => finding.ToDiagnostic(environments));

    /// <summary>Where a word stands inside what is written at a place; all of the place when it is written in another way.</summary>
    public SourceSpan Find(SourceSpan span, string text, int skip = 0)
    {
        var start = span.Start + skip;
        if (start >= span.End || span.End > policy.Source.Text.Length)
        {
            return span;
        }

        var found = policy.Source.Text.IndexOf(text, start, span.End - start, StringComparison.Ordinal);
        return found < 0 ? span : new SourceSpan(found, text.Length);
    }

    /// <summary>What is written there, when it is short enough to be repeated in a message; else null.</summary>
    public string? Written(SourceSpan span)
    {
        const int Longest = 60;
        return span.Length is > 0 and <= Longest && span.End <= policy.Source.Text.Length
            ? policy.Source.Text.Substring(span.Start, span.Length)
            : null;
    }

    private void Add(Severity severity, string code, SourceSpan span, string message, string? help)
    {
        HasErrors |= severity == Severity.Error;
        var key = $"{code} {span.Start} {span.Length}";
        if (_findings.TryGetValue(key, out var finding))
        {
            finding.CountAgain(Environment);
        }
        else if (_findings.Count < DiagnosticSink.Limit)
        {
            _findings.Add(key, new Finding(new Diagnostic(code, severity, message, help, span, policy.Source), Environment));
        }
    }

    private sealed class Finding(Diagnostic diagnostic, RequestEnvironment? environment)
    {
        private readonly RequestEnvironment? _first = environment;
        private RequestEnvironment? _last = environment;
        private int _count = 1;

        public Diagnostic Diagnostic { get; } = diagnostic;

        public void CountAgain(RequestEnvironment? again)
        {
            if (!ReferenceEquals(again, _last))
            {
                (_last, _count) = (again, _count + 1);
            }
        }

        public Diagnostic ToDiagnostic(int environments)
        {
            if (_first is null || _count >= environments)
            {
                return Diagnostic;
            }

            var others = _count == 1 ? "" : $" and {_count - 1} more of {environments} kinds of requests";
            var note = $"for {_first.Describe()}{others}";
            return Diagnostic with { Help = Diagnostic.Help is null ? note : $"{Diagnostic.Help} ({note})" };
        }
    }
}
