using Leash.Bpf.Plans.Automata;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Literals;

/// <summary>
/// Statements that combine several atoms on literals, or deny one. What they say of a path depends on the set of their atoms that hold for it.
/// </summary>
internal sealed class CompoundLiterals(RowTable rows)
{
    /// <summary>The set without atoms.</summary>
    public const int EmptySet = 0;

    private readonly List<(PlanStatement Statement, int DefaultRow)> _statements = [];
    private readonly List<int> _defaults = [];
    private readonly List<(int Statement, int Input)> _atoms = [];
    private readonly List<int[]> _sets = [[]];
    private readonly Dictionary<int[], int> _numbers = new(IntArrayComparer.Instance) { [[]] = EmptySet };
    private readonly Dictionary<int, int> _rowOfSet = [];

    /// <summary>Adds a statement.</summary>
    /// <param name="statement">Its atoms on paths are tests on literals.</param>
    /// <param name="addAtom">Is told the number of each.</param>
    public void Add(PlanStatement statement, Action<PlanAtom, int> addAtom)
    {
        var index = _statements.Count;
        var defaultRow = rows.Of(statement, PlanActionMask.Path, 0);
        _statements.Add((statement, defaultRow));
        if (defaultRow != RowTable.Empty)
        {
            _defaults.Add(index);
        }

        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Domain == TestDomain.Path)
            {
                _atoms.Add((index, i));
                addAtom(statement.Atoms[i], _atoms.Count - 1);
            }
        }
    }

    /// <summary>A set with more atoms.</summary>
    public int With(int set, List<int>? atoms)
    {
        if (atoms is null)
        {
            return set;
        }

        int[] union = [.. _sets[set].Union(atoms).Order()];
        if (!_numbers.TryGetValue(union, out var number))
        {
            number = _sets.Count;
            _numbers.Add(union, number);
            _sets.Add(union);
        }

        return number;
    }

    /// <summary>What the statements say when the atoms of this set hold.</summary>
    public int RowOf(int set)
    {
        if (!_rowOfSet.TryGetValue(set, out var row))
        {
            Dictionary<int, int> touched = [];
            foreach (var atom in _sets[set])
            {
                var (statement, input) = _atoms[atom];
                touched[statement] = touched.GetValueOrDefault(statement) | 1 << input;
            }

            foreach (var (statement, inputs) in touched)
            {
                row = rows.Union(row, rows.Of(_statements[statement].Statement, PlanActionMask.Path, inputs));
            }

            foreach (var statement in _defaults.Where(statement => !touched.ContainsKey(statement)))
            {
                row = rows.Union(row, _statements[statement].DefaultRow);
            }

            _rowOfSet.Add(set, row);
        }

        return row;
    }
}
