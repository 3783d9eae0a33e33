using System.Collections.Concurrent;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>How often both implementations agree on one kind of question, and where they do not.</summary>
internal sealed class Tally(string name)
{
    private int _agree;
    private int _total;

    public string Name => name;

    public int Total => _total;

    public int Accepted => _accepted;

    public ConcurrentQueue<string> Disagreements { get; } = [];

    private int _accepted;

    /// <param name="ours">Our answer.</param>
    /// <param name="theirs">The reference implementation's.</param>
    /// <param name="isAccepted">Whether the answer is a yes: questions that are all refused would show little.</param>
    /// <param name="describe">What was asked, for the report of a disagreement.</param>
    public void Compare(string ours, string theirs, bool isAccepted, Func<string> describe)
    {
        Interlocked.Increment(ref _total);
        if (isAccepted)
        {
            Interlocked.Increment(ref _accepted);
        }

        if (ours == theirs)
        {
            Interlocked.Increment(ref _agree);
        }
        else
        {
            Disagreements.Enqueue($"{describe()}\nours:      {ours}\nreference: {theirs}\n");
        }
    }

    public override string ToString() => $"{name}: {_agree}/{_total} agree ({_accepted} accepted)";
}
