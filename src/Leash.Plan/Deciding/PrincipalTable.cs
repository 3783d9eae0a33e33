using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>A principal class: what all tests on principals come to.</summary>
/// <param name="tests">One bit per distinct test.</param>
/// <param name="atoms">One bit per distinct atom.</param>
internal sealed class PrincipalClass(ulong[] tests, ulong[] atoms)
{
    public ReadOnlySpan<ulong> Tests => tests;

    public bool Holds(int atom) => (atoms[atom >> 6] >> (atom & 63) & 1) != 0;

    public bool HoldsTest(int test) => (tests[test >> 6] >> (test & 63) & 1) != 0;
}

/// <summary>
/// The principal classes of a plan: the state of an automaton that moves on exec. Tests on the executable are made anew at each move; tests on
/// the lineage stay true. Classes are interned, so there are few: as many as the plan can tell apart and the session has run.
/// </summary>
internal sealed class PrincipalTable
{
    private readonly Dictionary<PlanTest, int> _tests = [];
    private readonly List<PlanTest> _testList = [];
    private readonly List<int[]> _atoms = [];
    private readonly Dictionary<string, int> _atomNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _exeTests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lineageTests = new(StringComparer.Ordinal);
    private readonly List<ExePattern> _exePatterns = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong[], int> _ids = new(WordComparer.Instance);
    private PrincipalClass[] _classes = [];
    private int _count;

    /// <summary>The number of the test atom; the same atom has the same number.</summary>
    public int AddAtom(PlanAtom atom)
    {
        var tests = new int[atom.Tests.Length];
        for (var i = 0; i < tests.Length; i++)
        {
            tests[i] = AddTest(atom.Tests[i]);
        }

        var key = string.Join(',', tests);
        if (!_atomNumbers.TryGetValue(key, out var number))
        {
            number = _atoms.Count;
            _atomNumbers.Add(key, number);
            _atoms.Add(tests);
        }

        return number;
    }

    public bool IsEmpty => _atoms.Count == 0;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Makes the first class, after the last atom was added.</summary>
    public void Start() => Intern(Evaluate([], new ulong[Words(_testList.Count)]));

    public bool TryGet(int id, [NotNullWhen(true)] out PrincipalClass? found)
    {
        // The array is published before the count.
        var count = Volatile.Read(ref _count);
        found = (uint)id < (uint)count ? Volatile.Read(ref _classes)[id] : null;
        return found is not null;
    }

    /// <summary>The class after an exec; negative when there are too many.</summary>
    public int Move(int id, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> script)
    {
        if (!TryGet(id, out var from))
        {
            return PlanDecider.DeniedPrincipal;
        }

        if (IsEmpty)
        {
            return id;
        }

        var tests = new ulong[Words(_testList.Count)];
        foreach (var lineage in _lineageTests.Values)
        {
            if (from.HoldsTest(lineage))
            {
                Set(tests, lineage);
            }
        }

        AddLineage(tests, exe);
        if (!script.IsEmpty)
        {
            AddLineage(tests, script);
        }

        return Intern(Evaluate(exe, tests));
    }

    /// <summary>The class for which just these tests hold; negative when there are too many.</summary>
    public int Where(Func<PlanTest, bool> holds)
    {
        var tests = new ulong[Words(_testList.Count)];
        for (var i = 0; i < _testList.Count; i++)
        {
            if (holds(_testList[i]))
            {
                Set(tests, i);
            }
        }

        return Intern(tests);
    }

    /// <summary>Whether a test on principals, of the plan, holds for a class.</summary>
    public bool Holds(PrincipalClass principal, PlanTest test) => _tests.TryGetValue(test, out var index) && principal.HoldsTest(index);

    private static int Words(int bits) => (bits + 63) >> 6;

    private static void Set(ulong[] bits, int index) => bits[index >> 6] |= 1ul << (index & 63);

    private int AddTest(PlanTest test)
    {
        if (_tests.TryGetValue(test, out var index))
        {
            return index;
        }

        index = _testList.Count;
        _tests.Add(test, index);
        _testList.Add(test);
        switch (test)
        {
            case PlanTest.ExeIs exe:
                _exeTests.Add(exe.Path, index);
                break;
            case PlanTest.ExeLike exe:
                _exePatterns.Add(new ExePattern(exe.Pattern, index));
                break;
            case PlanTest.LineageHas lineage:
                _lineageTests.Add(lineage.Path, index);
                break;
            default:
                throw new ArgumentException("not a test on principals", nameof(test));
        }

        return index;
    }

    private void AddLineage(ulong[] tests, ReadOnlySpan<byte> path)
    {
        if (_lineageTests.TryGetValue(PathText.Decode(path), out var test))
        {
            Set(tests, test);
        }
    }

    private ulong[] Evaluate(ReadOnlySpan<byte> exe, ulong[] tests)
    {
        if (_exeTests.TryGetValue(PathText.Decode(exe), out var same))
        {
            Set(tests, same);
        }

        foreach (var candidate in _exePatterns)
        {
            if (candidate.Pattern.Matches(exe))
            {
                Set(tests, candidate.Test);
            }
        }

        return tests;
    }

    private int Intern(ulong[] tests)
    {
        lock (_gate)
        {
            if (_ids.TryGetValue(tests, out var id))
            {
                return id;
            }

            if (_count == PlanDecider.MaxPrincipals)
            {
                return PlanDecider.DeniedPrincipal; // FAIL-CLOSED: the class that is denied everything
            }

            var atoms = new ulong[Words(_atoms.Count)];
            for (var i = 0; i < _atoms.Count; i++)
            {
                if (_atoms[i].Any(test => (tests[test >> 6] >> (test & 63) & 1) != 0))
                {
                    Set(atoms, i);
                }
            }

            id = _count;
            if (id == _classes.Length)
            {
                var grown = new PrincipalClass[Math.Max(4, _classes.Length * 2)];
                _classes.CopyTo(grown, 0);
                grown[id] = new PrincipalClass(tests, atoms);
                Volatile.Write(ref _classes, grown);
            }
            else
            {
                _classes[id] = new PrincipalClass(tests, atoms);
            }

            _ids.Add(tests, id);
            Volatile.Write(ref _count, id + 1);
            return id;
        }
    }

    private sealed record ExePattern(PlanPattern Pattern, int Test);

    private sealed class WordComparer : IEqualityComparer<ulong[]>
    {
        public static WordComparer Instance { get; } = new();

        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ulong[] words)
        {
            var hash = default(HashCode);
            foreach (var word in words)
            {
                hash.Add(word);
            }

            return hash.ToHashCode();
        }
    }
}
