using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Validation;

namespace Cedar.Conformance.Tests;

/// <summary>Whether the published policies pass strict validation, against ours.</summary>
public sealed class ValidationConformanceTests
{
    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void PublishedPolicies_AgreeInWhetherTheyAreValid(string archive, string folder)
    {
        var tally = new Tally(archive, "policy validations");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var result = Schema.Parse(test.Schema);
            var wrong = result.Schema is { } schema
                ? PolicyValidator.Validate(test.Policies, schema).FirstOrDefault(IsErrorToTheCorpus)
                : result.Diagnostics.First(d => d.Severity == Severity.Error);
            tally.Check(test.Path, test.ShouldValidate ? "valid" : "invalid", wrong is null ? "valid" : test.ShouldValidate ? wrong.ToString() : "invalid");
        }

        tally.Report();
    }

    /// <summary>
    /// The corpus was made when a scope that no action applies to was an error. Since then it is a warning, also in version 4.13 of the
    /// reference implementation, which finds the 21 policies of the corpus that have it valid.
    /// </summary>
    private static bool IsErrorToTheCorpus(Diagnostic diagnostic) =>
        diagnostic.Severity == Severity.Error || diagnostic.Code == CedarCodes.NoApplicableAction;

    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void PublishedSchemas_AreRead(string archive, string folder)
    {
        var tally = new Tally(archive, "schemas");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            tally.Check(test.Path, "", string.Join('\n', Schema.Parse(test.Schema).Diagnostics.Where(d => d.Severity == Severity.Error)));
        }

        tally.Report();
    }
}
