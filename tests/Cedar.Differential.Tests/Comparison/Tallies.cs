namespace Cedar.Differential.Tests.Comparison;

/// <summary>All kinds of questions that both implementations answer.</summary>
internal sealed class Tallies
{
    public Tally PolicyParse { get; } = new("policies parse");

    public Tally Decisions { get; } = new("decision, reasons, errors");

    public IEnumerable<Tally> All => [PolicyParse, Decisions];
}
