using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Tests.Diagnostics;

public sealed class DiagnosticTests
{
    [Theory]
    [InlineData("unknown `name`", "unknown `name`")]
    [InlineData("unknown `a\nb\r\t\0`", "unknown `a\\nb\\r\\t\\0`")]
    [InlineData("unknown `\u001b[2J\u009b`", "unknown `\\u{1b}[2J\\u{9b}`")]
    [InlineData("", "")]
    public void MessageAndHelp_WithControlCharacters_AreOneLineOfVisibleText(string text, string expected)
    {
        var diagnostic = new Diagnostic("CEDAR0001", Severity.Error, text, text, new SourceSpan(0, 0), new SourceText(""));

        Assert.Equal(expected, diagnostic.Message);
        Assert.Equal(expected, diagnostic.Help);
        Assert.Equal(expected, (diagnostic with { Message = "m" }).Help);
    }
}
