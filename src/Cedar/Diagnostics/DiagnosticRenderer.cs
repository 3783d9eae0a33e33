using System.Globalization;
using System.Text;
using Cedar.Syntax;

namespace Cedar.Diagnostics;

/// <summary>Renders diagnostics for a terminal: heading, place, the line with the span underlined, and help.</summary>
/// <param name="useColor">Whether to colour with ANSI escape sequences.</param>
public sealed class DiagnosticRenderer(bool useColor = false)
{
    // Longer lines are cut around the span: minified or generated policies must not flood the terminal.
    private const int MaxSnippetWidth = 160;
    private const int ContextBeforeSpan = 40;
    private const int TabWidth = 4;

    private const string Bold = "\e[1m";
    private const string Red = "\e[1;31m";
    private const string Yellow = "\e[1;33m";
    private const string Cyan = "\e[1;36m";
    private const string Blue = "\e[1;34m";
    private const string Reset = "\e[0m";

    /// <summary>All of them, with an empty line between.</summary>
    public string Render(IEnumerable<Diagnostic> diagnostics) => string.Join("\n", diagnostics.Select(Render));

    /// <summary>One diagnostic; every line ends with a line feed.</summary>
    public string Render(Diagnostic diagnostic)
    {
        var (line, column) = diagnostic.Source.GetLineColumn(diagnostic.Span.Start);
        var number = line.ToString(CultureInfo.InvariantCulture);
        var gutter = new string(' ', number.Length);
        var (before, marked, after) = Split(diagnostic.Source, line, diagnostic.Span);
        var color = ColorOf(diagnostic.Severity);

        var text = new StringBuilder();
        text.Append(Paint(color, $"{diagnostic.Severity.Label()}[{diagnostic.Code}]"))
            .Append(Paint(Bold, $": {Visible(diagnostic.Message)}")).Append('\n');
        text.Append(gutter).Append(Paint(Blue, "-->"))
            .Append(CultureInfo.InvariantCulture, $" {Visible(diagnostic.Source.Name)}:{line}:{column}\n");
        text.Append(Paint(Blue, $"{gutter} |")).Append('\n');
        text.Append(Paint(Blue, $"{number} |")).Append(' ').Append(before).Append(marked).Append(after).Append('\n');
        text.Append(Paint(Blue, $"{gutter} |")).Append(' ').Append(' ', Width(before))
            .Append(Paint(color, new string('^', Math.Max(1, Width(marked))))).Append('\n');
        if (diagnostic.Help is { } help)
        {
            text.Append(Paint(Blue, $"{gutter} =")).Append(' ').Append(Paint(Bold, "help")).Append(": ")
                .Append(Visible(help)).Append('\n');
        }

        return text.ToString();
    }

    private static (string Before, string Marked, string After) Split(SourceText source, int line, SourceSpan span)
    {
        var content = source.GetLine(line);
        var lineStart = source.GetLineStart(line);
        var start = Math.Clamp(span.Start - lineStart, 0, content.Length);
        var end = Math.Clamp(span.End - lineStart, start, content.Length);
        var before = content[..start];
        var marked = content[start..end];
        var after = content[end..];
        if (content.Length > MaxSnippetWidth)
        {
            before = before.Length > ContextBeforeSpan ? "…" + before[^ContextBeforeSpan..] : before;
            var room = MaxSnippetWidth - ContextBeforeSpan;
            after = marked.Length >= room ? "…" : after.Length > room - marked.Length ? after[..(room - marked.Length)] + "…" : after;
            marked = marked.Length > room ? marked[..room] : marked;
        }

        return (Visible(before), Visible(marked), Visible(after));
    }

    /// <summary>Control characters in a policy must not reach the terminal as such.</summary>
    private static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\t')
            {
                builder.Append(' ', TabWidth);
            }
            else
            {
                builder.Append(char.IsControl(c) ? '\uFFFD' : c);
            }
        }

        return builder.ToString();
    }

    private static int Width(string text) => SourceText.CountCodePoints(text);

    private static string ColorOf(Severity severity) => severity switch
    {
        Severity.Error => Red,
        Severity.Warning => Yellow,
        Severity.Hint => Cyan,
    };

    private string Paint(string color, string text) => useColor ? $"{color}{text}{Reset}" : text;
}
