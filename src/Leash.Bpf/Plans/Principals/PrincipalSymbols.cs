using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Automata;
using Leash.Bpf.Plans.Literals;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Principals;

/// <summary>What the path of a program can change about a principal.</summary>
/// <param name="Exe">The atoms that hold while the program runs.</param>
/// <param name="Lineage">The atoms that hold from then on.</param>
internal sealed record PrincipalSymbol(AtomSet Exe, AtomSet Lineage);

/// <summary>
/// The symbols by which principals move: the paths of programs, as far as tests tell them apart. A symbol is made of what literals say and
/// what patterns say.
/// </summary>
internal sealed class PrincipalSymbols
{
    private readonly LiteralTree _tree = new();
    private readonly Dictionary<int, int> _symbolOfNode = [];
    private readonly List<PrincipalSymbol> _literals = [new(AtomSet.Empty, AtomSet.Empty)];
    private readonly List<AtomSet> _patterns = [AtomSet.Empty];
    private readonly Dictionary<AtomSet, int> _patternNumbers = new() { [AtomSet.Empty] = 0 };
    private Dfa? _dfa;

    public int PatternCount => _patterns.Count;

    public int Count => _literals.Count * _patterns.Count;

    public PrincipalSymbol this[int symbol]
    {
        get
        {
            var literal = _literals[symbol / _patterns.Count];
            return literal with { Exe = literal.Exe.Union(_patterns[symbol % _patterns.Count]) };
        }
    }

    /// <summary>Adds the tests of all atoms.</summary>
    /// <returns>Whether the patterns fit into an automaton.</returns>
    public bool Add(AtomTable atoms)
    {
        Dictionary<int, (AtomSet Exe, AtomSet Lineage)> nodes = [];
        for (var atom = 0; atom < atoms.Count; atom++)
        {
            foreach (var test in atoms[atom].Tests)
            {
                AddLiteral(test, atom, nodes);
            }

            if (!AddPatterns(atom, [.. atoms[atom].Tests.OfType<PlanTest.ExeLike>()]))
            {
                return false;
            }
        }

        Dictionary<(AtomSet, AtomSet), int> numbers = new() { [(AtomSet.Empty, AtomSet.Empty)] = 0 };
        foreach (var (node, sets) in nodes)
        {
            if (!numbers.TryGetValue(sets, out var number))
            {
                number = _literals.Count;
                numbers.Add(sets, number);
                _literals.Add(new PrincipalSymbol(sets.Exe, sets.Lineage));
            }

            _symbolOfNode.Add(node, number);
        }

        return _dfa is null || DfaWriter.Fits(_dfa);
    }

    /// <summary>The atoms that hold while a process has not run anything.</summary>
    public static AtomSet Initial(AtomTable atoms)
    {
        var set = AtomSet.Empty;
        for (var atom = 0; atom < atoms.Count; atom++)
        {
            if (atoms[atom].Tests.Any(test => test is PlanTest.ExeIs { Path: "" } || (test is PlanTest.ExeLike like && like.Pattern.Matches([]))))
            {
                set = set.With(atom);
            }
        }

        return set;
    }

    public void Write(PageWriter pages, ref LeashPathIndex index)
    {
        LiteralWriter.Write(_tree, node => _symbolOfNode.GetValueOrDefault(node), _ => 0, pages, ref index);
        if (_dfa is not null)
        {
            index.DfaCount = 1;
            index.Dfas[0] = DfaWriter.Write(_dfa, pages, label => label);
        }
    }

    private void AddLiteral(PlanTest test, int atom, Dictionary<int, (AtomSet Exe, AtomSet Lineage)> nodes)
    {
        var path = test switch
        {
            PlanTest.ExeIs t => t.Path,
            PlanTest.LineageHas t => t.Path,
            _ => "",
        };
        if (!LiteralPath.IsPossible(path))
        {
            return;
        }

        var node = _tree.AddPath(path);
        var (exe, lineage) = nodes.GetValueOrDefault(node, (AtomSet.Empty, AtomSet.Empty));
        nodes[node] = test is PlanTest.ExeIs ? (exe.With(atom), lineage) : (exe, lineage.With(atom));
    }

    private bool AddPatterns(int atom, PlanTest.ExeLike[] tests)
    {
        if (tests.Length == 0)
        {
            return true;
        }

        var dfa = DfaBuilder.Build(tests.Select(test => new PathPattern(PatternKind.Whole, test.Pattern)), NumberOf(AtomSet.Empty.With(atom)));
        _dfa = dfa is null || _dfa is null ? dfa : DfaProduct.Of(_dfa, dfa, (a, b) => NumberOf(_patterns[a].Union(_patterns[b])), KernelLimits.DfaStates);
        return _dfa is not null;
    }

    private int NumberOf(AtomSet set)
    {
        if (!_patternNumbers.TryGetValue(set, out var number))
        {
            number = _patterns.Count;
            _patternNumbers.Add(set, number);
            _patterns.Add(set);
        }

        return number;
    }
}
