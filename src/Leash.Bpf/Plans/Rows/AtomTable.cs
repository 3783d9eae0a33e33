using Leash.Plan;

namespace Leash.Bpf.Plans.Rows;

/// <summary>The distinct atoms of one domain: the same tests are the same atom.</summary>
internal sealed class AtomTable
{
    private readonly Dictionary<PlanTest, int> _tests = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<PlanAtom> _atoms = [];

    public int Count => _atoms.Count;

    public PlanAtom this[int number] => _atoms[number];

    public int Add(PlanAtom atom)
    {
        var tests = new int[atom.Tests.Length];
        for (var i = 0; i < tests.Length; i++)
        {
            if (!_tests.TryGetValue(atom.Tests[i], out tests[i]))
            {
                tests[i] = _tests.Count;
                _tests.Add(atom.Tests[i], tests[i]);
            }
        }

        Array.Sort(tests);
        var key = string.Join(',', tests.Distinct());
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _atoms.Count;
            _numbers.Add(key, number);
            _atoms.Add(atom);
        }

        return number;
    }

    /// <summary>The number of the atom that is one test; null when there is none.</summary>
    public int? Find(PlanTest test) =>
        _tests.TryGetValue(test, out var only) && _numbers.TryGetValue(only.ToString(System.Globalization.CultureInfo.InvariantCulture), out var number) ? number : null;
}
