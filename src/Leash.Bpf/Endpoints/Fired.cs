namespace Leash.Bpf.Endpoints;

/// <summary>What holds for an address or a name: what simple statements say, and the atoms of the others.</summary>
/// <param name="Named">A vector: for addresses with a name, or for names.</param>
/// <param name="Bare">A vector: for addresses without.</param>
/// <param name="Atoms">A number of <see cref="FiredTable"/>.</param>
internal sealed record Fired(int Named, int Bare, int Atoms)
{
    // A class for the same reason as clauses are.
    public static Fired Nothing { get; } = new(0, 0, 0);
}

/// <summary>Combines <see cref="Fired"/>; sets of atoms are numbers, the empty set is 0.</summary>
internal sealed class FiredTable(VectorTable vectors)
{
    private readonly List<FiredAtom[]> _sets = [[]];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<ulong, int> _unions = [];

    public ReadOnlySpan<FiredAtom> Atoms(int number) => _sets[number];

    public Fired Of(FiredAtom atom) => new(VectorTable.Empty, VectorTable.Empty, Intern([atom]));

    public Fired Union(Fired left, Fired right) =>
        new(vectors.Union(left.Named, right.Named), vectors.Union(left.Bare, right.Bare), UnionAtoms(left.Atoms, right.Atoms));

    /// <summary>The set of those atoms of a set that satisfy a condition.</summary>
    public int Where(int number, Predicate<FiredAtom> isWanted) =>
        number == 0 ? 0 : Intern(Array.FindAll(_sets[number], isWanted));

    private int UnionAtoms(int left, int right)
    {
        if (left == right || right == 0)
        {
            return left;
        }

        if (left == 0)
        {
            return right;
        }

        var key = (ulong)Math.Min(left, right) << 32 | (uint)Math.Max(left, right);
        if (!_unions.TryGetValue(key, out var union))
        {
            union = Intern([.. _sets[left].Union(_sets[right])]);
            _unions.Add(key, union);
        }

        return union;
    }

    private int Intern(FiredAtom[] atoms)
    {
        var sorted = atoms.OrderBy(a => a.Statement).ThenBy(a => a.Bit).ThenBy(a => a.Port).ThenBy(a => a.IsBare).ToArray();
        var key = string.Join(';', sorted.Select(a => $"{a.Statement},{a.Bit},{a.Port},{a.IsBare}"));
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _sets.Count;
            _numbers.Add(key, number);
            _sets.Add(sorted);
        }

        return number;
    }
}
