using Leash.Bpf.Abi;

namespace Leash.Bpf.Endpoints;

/// <summary>Classes of addresses and names: what holds becomes vectors, and what depends on both sides lines and columns of the joint table.</summary>
internal sealed class EndpointClasses(VectorTable vectors, FiredTable fired, IReadOnlyList<EndpointStatement> compounds, int always)
{
    private readonly Dictionary<(int Bare, int Named, int Line), int> _addresses = [];
    private readonly Dictionary<Fired, int> _knownAddresses = [];
    private readonly Dictionary<(int Vector, int Column), int> _names = [];
    private readonly Dictionary<int, int> _lines = new() { [0] = 0 };
    private readonly Dictionary<int, int> _columns = new() { [0] = 0 };
    private readonly int[] _loud = [.. Enumerable.Range(0, compounds.Count).Where(i => compounds[i].IsLoud)];

    public bool HasJoint { get; } = compounds.Any(IsJoint);

    public int JointEntries => _lines.Count * _columns.Count;

    public int JointColumns => _columns.Count;

    /// <summary>In the order of their numbers.</summary>
    public LeashAddressClass[] Addresses => [.. _addresses.Keys.Select(key => new LeashAddressClass
    {
        Bare = (uint)key.Bare, Named = (uint)key.Named, Joint = (uint)key.Line,
    })];

    /// <summary>In the order of their numbers.</summary>
    public LeashNameClass[] Names => [.. _names.Keys.Select(key => new LeashNameClass { Vector = (uint)key.Vector, Joint = (uint)key.Column })];

    public int OfAddress(Fired holds)
    {
        if (!_knownAddresses.TryGetValue(holds, out var number))
        {
            var known = fired.Where(holds.Atoms, atom => !atom.IsBare);
            var named = vectors.Union(vectors.Union(always, holds.Named), Evaluate(known, 0, statement => !statement.HasNames));
            var bare = vectors.Union(vectors.Union(always, holds.Bare), Evaluate(holds.Atoms, 0, _ => true));
            number = NumberOf(_addresses, (bare, named, NumberOf(_lines, JointPart(known))));
            _knownAddresses.Add(holds, number);
        }

        return number;
    }

    public int OfName(Fired holds)
    {
        var vector = vectors.Union(holds.Named, Evaluate(holds.Atoms, 0, statement => !statement.HasAddresses));
        return NumberOf(_names, (vector, NumberOf(_columns, JointPart(holds.Atoms))));
    }

    /// <summary>A class that adds a vector to a name's first one.</summary>
    public int OfVector(int vector) => NumberOf(_names, (vector, 0));

    /// <summary>The joint table, line by line.</summary>
    public uint[] Joint()
    {
        var entries = new uint[JointEntries];
        int[] lines = [.. _lines.Keys];
        int[] columns = [.. _columns.Keys];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = (uint)Evaluate(lines[i / columns.Length], columns[i % columns.Length], IsJoint);
        }

        return entries;
    }

    private static bool IsJoint(EndpointStatement statement) => statement.HasAddresses && statement.HasNames;

    private static int NumberOf<TKey>(Dictionary<TKey, int> numbers, TKey key)
        where TKey : notnull
    {
        if (!numbers.TryGetValue(key, out var number))
        {
            number = numbers.Count;
            numbers.Add(key, number);
        }

        return number;
    }

    private int JointPart(int atoms) => fired.Where(atoms, atom => IsJoint(compounds[atom.Statement]));

    /// <summary>What the statements of a kind say when these atoms hold: all that have one of them, and those that speak anyway.</summary>
    private int Evaluate(int left, int right, Predicate<EndpointStatement> isAsked)
    {
        var vector = VectorTable.Empty;
        FiredAtom[] atoms = [.. fired.Atoms(left), .. fired.Atoms(right)];
        foreach (var number in atoms.Select(atom => atom.Statement).Union(_loud))
        {
            if (isAsked(compounds[number]))
            {
                vector = vectors.Union(vector, vectors.Of(compounds[number].With(atoms.Where(atom => atom.Statement == number))));
            }
        }

        return vector;
    }
}
