using Cedar.Differential.Tests.Comparison;

namespace Cedar.Differential.Tests;

/// <summary>The library and Cedar's reference implementation give the same answers about generated schemas, policies, entities and requests.</summary>
public sealed class DifferentialTests(DifferentialRun run) : IClassFixture<DifferentialRun>
{
    private const int ShownDisagreements = 5;

    /// <summary>Kinds of questions, how many are asked at least, and how many of them in hundred get a yes at least.</summary>
    public static TheoryData<string, int, int> Kinds => new()
    {
        { "policies parse", 20_000, 50 },
        { "formatted meaning", 20_000, 90 },
        { "decision, reasons, errors", 20_000, 80 },
        { "decision, reasons, errors by partial evaluation", 20_000, 80 },
        { "policies validate", 10_000, 60 },
        { "entities conform", 2_000, 40 },
        { "entities read", 2_000, 10 },
        { "requests conform", 20_000, 60 },
        { "decision, reasons, errors with a schema", 20_000, 40 },
        { "schema parse", 15_000, 30 },
        { "JSON schema parse", 8_000, 40 },
        { "schema to JSON", 2_000, 90 },
        { "JSON schema to text", 4_000, 90 },
        { "formatted schema's meaning", 4_000, 90 },
        { "printed tree's meaning", 10_000, 90 },
        { "values of extension types and patterns", 20_000, 40 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GeneratedInput_HasTheSameAnswerAsInTheReference(string kind, int least, int leastYes)
    {
        var tally = run.Tallies.All.Single(tally => tally.Name == kind);
        Console.WriteLine(tally);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tally}");

        Assert.True(
            tally.Disagreements.IsEmpty,
            $"{tally}\n\n{string.Join('\n', tally.Disagreements.OrderBy(text => text.Length).Take(ShownDisagreements))}");
        Assert.True(tally.Total >= least, $"only {tally.Total} questions");
        Assert.True(tally.Accepted * 100 >= tally.Total * leastYes, $"only {tally.Accepted} of {tally.Total} are accepted");
    }
}
