using Cedar.Formatting;
using Cedar.Syntax;
using Cedar.Tests.Syntax;

namespace Cedar.Conformance.Tests;

/// <summary>The published policies and schemas keep their meaning on the way through other forms and back.</summary>
public sealed class RoundTripConformanceTests
{
    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void FormattedPolicies_AreTheSame_AndFormattingThemAgainChangesNothing(string archive, string folder)
    {
        var meaning = new Tally(archive, "formatted policy files");
        var again = new Tally(archive, "policy files formatted twice");
        var printed = new Tally(archive, "policy files printed from their trees");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var formatted = Format(test.PolicyText);
            meaning.Check(test.Path, TreeOf(test.PolicyText.Text), TreeOf(formatted));
            again.Check(test.Path, formatted, Format(new SourceText(formatted)));
            printed.Check(test.Path, TreeOf(test.PolicyText.Text), TreeOf(CedarPrinter.Print(CedarParser.Parse(test.PolicyText).Policies)));
        }

        meaning.Report();
        again.Report();
        printed.Report();
    }

    private static string Format(SourceText text) => CedarFormatter.Format(text).Text ?? "not formatted";

    private static string TreeOf(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return string.Join('\n', parsed.Policies.Select(TreeText.Of));
    }
}
