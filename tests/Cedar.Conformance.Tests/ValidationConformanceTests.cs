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
            var result = Schema.Parse(test.SchemaText);
            var wrong = result.Schema is { } schema
                ? PolicyValidator.Validate(test.Policies, schema).FirstOrDefault(IsErrorToTheCorpus)
                : result.Diagnostics.First(d => d.Severity == Severity.Error);
            tally.Check(test.Path, test.ShouldValidate ? "valid" : "invalid", wrong is null ? "valid" : test.ShouldValidate ? wrong.ToString() : "invalid");
        }

        tally.Report();
    }

    /// <summary>The cases say which requests are to be validated, and none of those is invalid; their entities fit the schema.</summary>
    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void PublishedRequestsAndEntities_AreValid(string archive, string folder)
    {
        var requests = new Tally(archive, "request validations");
        var entities = new Tally(archive, "entity validations");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var schema = test.Schema;
            entities.Check(test.Path, "", WrongOf(() => test.ReadEntities(schema)));
            foreach (var request in test.Requests)
            {
                requests.Check($"{test.Path}, {request.GetProperty("description")}", "", WrongOf(() => test.ReadRequest(request, schema)));
            }
        }

        requests.Report();
        entities.Report();
    }

    private static string WrongOf(Action read)
    {
        try
        {
            read();
            return "";
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
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
            tally.Check(test.Path, "", string.Join('\n', Schema.Parse(test.SchemaText).Diagnostics.Where(d => d.Severity == Severity.Error)));
        }

        tally.Report();
    }
}
