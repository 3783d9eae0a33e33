using Cedar.Formatting;
using Cedar.Syntax;
using Cedar.Tests.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for formatted policies: the same meaning, the same comments, and nothing left to format.</summary>
internal static class FormatChecks
{
    public static string? Policies(string text)
    {
        var parsed = CedarParser.Parse(new SourceText("fuzz.cedar", text));
        var formatted = CedarFormatter.Format(new SourceText("fuzz.cedar", text));
        if (parsed.HasErrors)
        {
            return formatted.Text is null ? DiagnosticChecks.Check(formatted.Diagnostics, text) : "a text with errors was formatted";
        }

        if (formatted.Text is not { } result)
        {
            return "a text without errors was not formatted";
        }

        var again = CedarParser.Parse(new SourceText("formatted.cedar", result));
        if (!parsed.Policies.Select(TreeText.Of).SequenceEqual(again.Policies.Select(TreeText.Of), StringComparer.Ordinal))
        {
            return $"formatting changed the meaning:\n{result}";
        }

        if (!Comments(text).SequenceEqual(Comments(result), StringComparer.Ordinal))
        {
            return $"formatting changed the comments:\n{result}";
        }

        var printed = CedarParser.Parse(new SourceText("printed.cedar", CedarPrinter.Print(parsed.Policies)));
        if (!parsed.Policies.Select(TreeText.Of).SequenceEqual(printed.Policies.Select(TreeText.Of), StringComparer.Ordinal))
        {
            return $"printing changed the meaning:\n{printed.Policies.FirstOrDefault()?.Source.Text}";
        }

        return CedarFormatter.Format(new SourceText("formatted.cedar", result)).Text == result ? null : $"formatting again changes:\n{result}";
    }

    // In a text without errors a comment is whatever follows two slashes outside of a string.
    private static List<string> Comments(string text)
    {
        List<string> comments = [];
        var isString = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                isString = !isString;
            }
            else if (isString)
            {
                i += text[i] == '\\' ? 1 : 0;
            }
            else if (text[i] == '/')
            {
                var end = text.AsSpan(i).IndexOfAny('\n', '\r');
                end = end < 0 ? text.Length : i + end;
                comments.Add(text[i..end].Trim());
                i = end;
            }
        }

        comments.Sort(StringComparer.Ordinal);
        return comments;
    }
}
