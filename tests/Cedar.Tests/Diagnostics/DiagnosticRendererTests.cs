using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Tests.Diagnostics;

public sealed class DiagnosticRendererTests
{
    [Fact]
    public void Diagnostic_ShowsPlaceLineCaretAndHelp()
    {
        const string Text = "permit (principal, action, resource)\n  when { context.ip.isInRange(ipp(\"10.0.0.0/8\")) };\n";
        var diagnostic = Assert.Single(CedarParser.Parse(new SourceText("leash.cedar", Text)).Diagnostics);

        Assert.Equal(
            """
            error[CEDAR0007]: unknown function `ipp`
             --> leash.cedar:2:31
              |
            2 |   when { context.ip.isInRange(ipp("10.0.0.0/8")) };
              |                               ^^^
              = help: did you mean `ip`?

            """,
            new DiagnosticRenderer().Render(diagnostic));
    }

    [Fact]
    public void Color_IsAroundTheSameText()
    {
        var diagnostic = Make("ab", 0, 1, Severity.Warning);
        var colored = new DiagnosticRenderer(useColor: true).Render(diagnostic);

        Assert.StartsWith("\e[1;33mwarning[X0001]\e[0m", colored, StringComparison.Ordinal);
        string[] sequences = ["\e[1;33m", "\e[1;34m", "\e[1m", "\e[0m"];
        var plain = sequences.Aggregate(colored, (text, sequence) => text.Replace(sequence, "", StringComparison.Ordinal));
        Assert.Equal(new DiagnosticRenderer().Render(diagnostic), plain);
    }

    [Theory]
    [InlineData("\tab", 1, 1, "1 |     ab\n  |     ^\n")]
    [InlineData("é😀x", 3, 1, "1 | é😀x\n  |   ^\n")]
    [InlineData("a\e[31mb", 0, 1, "1 | a\uFFFD[31mb\n  | ^\n")]
    [InlineData("ab", 2, 0, "1 | ab\n  |   ^\n")]
    [InlineData("ab\ncd", 1, 3, "1 | ab\n  |  ^\n")]
    [InlineData("", 0, 0, "1 | \n  | ^\n")]
    public void Snippet_IsAlignedAndHarmless(string text, int start, int length, string expected) =>
        Assert.Contains(expected, new DiagnosticRenderer().Render(Make(text, start, length, Severity.Hint)), StringComparison.Ordinal);

    [Fact]
    public void LongLine_IsCutAroundTheSpan()
    {
        var rendered = new DiagnosticRenderer().Render(Make(new string('a', 5_000) + "X" + new string('b', 5_000), 5_000, 1, Severity.Error));

        Assert.Contains($"…{new string('a', 40)}Xb", rendered, StringComparison.Ordinal);
        Assert.All(rendered.Split('\n'), line => Assert.True(line.Length < 200));
    }

    [Fact]
    public void Several_AreSetApart()
    {
        var rendered = new DiagnosticRenderer().Render([Make("a", 0, 1, Severity.Error), Make("b", 0, 1, Severity.Hint)]);

        Assert.Contains("^\n\nhint[X0001]: message", rendered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FileOpn", "FileOpen")]
    [InlineData("fileopen", "FileOpen")]
    [InlineData("FielOpen", "FileOpen")]
    [InlineData("ProcessExecute", "ProcessExec")]
    [InlineData("NetworkConnect", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void Suggestion_IsTheNearestWord(string word, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(word, ["FileOpen", "FileOpenReadOnly", "ProcessExec"]));

    private static Diagnostic Make(string text, int start, int length, Severity severity) =>
        new("X0001", severity, "message", null, new SourceSpan(start, length), new SourceText(text));
}
