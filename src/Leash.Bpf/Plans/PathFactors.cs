using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Automata;
using Leash.Bpf.Plans.Literals;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>
/// Splits the statements on paths into factors that are looked up independently: literals, names, automata. A statement that is satisfied
/// by any test of one atom can be in several; every other statement is in exactly one, with all that it depends on.
/// </summary>
internal sealed class PathFactors(RowTable rows)
{
    private readonly PathLiterals _literals = new(rows);
    private readonly DfaGroups _automata = new(rows);

    public void Add(PlanStatement statement)
    {
        var inputs = 0;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            inputs |= statement.Atoms[i].Domain == TestDomain.Path ? 1 << i : 0;
        }

        if (inputs == 0)
        {
            _literals.AddAlways(rows.Of(statement, PlanActionMask.Path, 0));
            return;
        }

        var rest = rows.Of(statement, PlanActionMask.Path, 0);
        if (rest == RowTable.Empty && int.IsPow2(inputs))
        {
            AddAlternatives(statement, inputs);
        }
        else if (PathTests(statement).All(PathLiterals.IsPathTest))
        {
            _literals.AddCompoundPath(statement);
        }
        else if (rest == RowTable.Empty && PathTests(statement).All(PathLiterals.IsNameTest))
        {
            _literals.AddCompoundName(statement);
        }
        else
        {
            _automata.AddCompound(statement);
        }
    }

    public void AddProtected(string directory) => _literals.AddProtected(directory);

    /// <summary>Ends adding.</summary>
    public void Freeze(List<KernelDiagnostic> diagnostics)
    {
        _literals.Freeze();
        _automata.Freeze(diagnostics);
    }

    public void Write(PageWriter pages, FinalRows final, ref LeashPathIndex index)
    {
        _literals.Write(pages, final, ref index);
        _automata.Write(pages, final, ref index);
    }

    private static IEnumerable<PlanTest> PathTests(PlanStatement statement) =>
        statement.Atoms.Where(atom => atom.Domain == TestDomain.Path).SelectMany(atom => atom.Tests);

    /// <summary>A statement with one atom on paths, which says nothing where that is false: each of its tests says the same.</summary>
    private void AddAlternatives(PlanStatement statement, int inputs)
    {
        var row = rows.Of(statement, PlanActionMask.Path, inputs);
        if (row == RowTable.Empty)
        {
            return;
        }

        foreach (var test in PathTests(statement))
        {
            if (PathLiterals.IsPathTest(test) || PathLiterals.IsNameTest(test))
            {
                _literals.Add(test, row);
            }
            else if (PathPattern.Of(test) is { } pattern)
            {
                _automata.Add(pattern, row, statement);
            }
        }
    }
}
