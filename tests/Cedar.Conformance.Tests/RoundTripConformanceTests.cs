using Cedar.Authorization;
using Cedar.Formatting;
using Cedar.Json;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Tests.Schemas;
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

    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void Policies_SurviveTheWayToJsonAndBack(string archive, string folder)
    {
        var there = new Tally(archive, "policy sets written as JSON");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var read = PolicySetJson.Read(new SourceText(PolicySetJson.Write(test.Policies)));
            there.Check(test.Path, TreesOf(test.Policies), read.PolicySet is { } policies ? TreesOf(policies) : read.Diagnostics[0].ToString());
        }

        there.Report();
    }

    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void Schemas_SurviveTheWayToJsonAndBackToText(string archive, string folder)
    {
        var there = new Tally(archive, "schemas written as JSON");
        var back = new Tally(archive, "schemas written as JSON and as text again");
        foreach (var schema in CorpusCase.All(archive, folder).Select(test => test.SchemaText).DistinctBy(schema => schema.Name))
        {
            var meaning = SchemaText.Of(Schema.Parse(schema));
            var json = new SourceText(SchemaJson.Write(SchemaParser.Parse(schema).Document!));
            there.Check(schema.Name, meaning, SchemaText.Of(Schema.ParseJson(json)));
            back.Check(schema.Name, meaning, SchemaText.Of(Schema.Parse(new SourceText(SchemaPrinter.Print(SchemaJson.Parse(json).Document!).Text ?? ""))));
        }

        there.Report();
        back.Report();
    }

    private static string Format(SourceText text) => CedarFormatter.Format(text).Text ?? "not formatted";

    private static string TreesOf(PolicySet policies) => string.Join('\n', policies.Templates.Concat(policies.Policies).Select(WithoutListOfOne).Select(TreeText.Of));

    /// <summary>The JSON form has no <c>in [a]</c> beside <c>in a</c>, which means the same.</summary>
    private static Policy WithoutListOfOne(Policy policy) => policy.Action is { Kind: ScopeKind.InSet, Entities: [_] }
        ? policy with { Action = policy.Action with { Kind = ScopeKind.In } }
        : policy;

    private static string TreeOf(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return string.Join('\n', parsed.Policies.Select(TreeText.Of));
    }
}
