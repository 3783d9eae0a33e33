namespace Leash.Bpf.Events;

/// <summary>The plans that events in the ring may still speak of: the newest few generations. Safe for any number of threads.</summary>
internal sealed class GenerationTable
{
    private const int Kept = 16;
    private volatile PlanGeneration[] _generations = [];

    /// <summary>The one added last; null before the first.</summary>
    public PlanGeneration? Newest => _generations is [.., var last] ? last : null;

    public PlanGeneration? Find(ulong number)
    {
        PlanGeneration[] generations = _generations;
        for (int i = generations.Length - 1; i >= 0; i--)
        {
            if (generations[i].Number == number)
            {
                return generations[i];
            }
        }

        return null;
    }

    /// <summary>Adds a generation; by one thread at a time.</summary>
    public void Add(PlanGeneration generation) => _generations = [.. _generations.TakeLast(Kept - 1), generation];
}
