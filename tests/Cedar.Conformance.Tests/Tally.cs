namespace Cedar.Conformance.Tests;

/// <summary>Counts agreement, prints it, and fails with the first disagreements.</summary>
/// <param name="archive">Where the cases are from.</param>
/// <param name="what">What is counted, in the plural.</param>
internal sealed class Tally(string archive, string what)
{
    private const int MaxShown = 20;

    private readonly List<string> _disagreements = [];
    private int _total;

    public void Check(string place, string expected, string actual)
    {
        _total++;
        if (expected != actual)
        {
            _disagreements.Add($"{place}: expected {expected}, found {actual}");
        }
    }

    public void Report()
    {
        Console.WriteLine($"{archive}: {_total - _disagreements.Count} of {_total} {what} agree");
        Assert.True(_disagreements.Count == 0, string.Join("\n", _disagreements.Take(MaxShown)));
        Assert.NotEqual(0, _total);
    }
}
