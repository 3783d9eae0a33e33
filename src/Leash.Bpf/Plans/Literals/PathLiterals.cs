using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Literals;

/// <summary>The statements on literal files, directories and names: a row for each node of their tree.</summary>
internal sealed class PathLiterals(RowTable rows)
{
    private readonly LiteralTree _tree = new();
    private readonly List<int> _here = [];
    private readonly List<int> _under = [];
    private readonly Dictionary<int, List<int>> _atomsHere = [];
    private readonly Dictionary<int, List<int>> _atomsUnder = [];
    private readonly CompoundLiterals _paths = new(rows);
    private readonly CompoundLiterals _names = new(rows);
    private int _always;
    private int[] _exactRows = [];
    private int[] _underRows = [];

    /// <summary>Whether the tree can decide a test on paths.</summary>
    public static bool IsPathTest(PlanTest test) =>
        test is PlanTest.PathIs or PlanTest.PathIsAbstract or PlanTest.NameIs { Name: "/" }
        || (test is PlanTest.PathUnder under && !under.Directory.StartsWith('@'));

    /// <summary>Whether the names can decide a test on paths.</summary>
    public static bool IsNameTest(PlanTest test) => test is PlanTest.NameIs and not PlanTest.NameIs { Name: "/" };

    /// <summary>Adds what holds for every path.</summary>
    public void AddAlways(int row) => _always = rows.Union(_always, row);

    /// <summary>Adds what holds for the paths of which a test of either kind is true.</summary>
    public void Add(PlanTest test, int row)
    {
        if (NodeOf(test, out var isUnder) is not (>= 0 and var node))
        {
            return;
        }

        Grow();
        var target = isUnder ? _under : _here;
        target[node] = rows.Union(target[node], row);
    }

    /// <summary>Adds a directory of Leash's own.</summary>
    public void AddProtected(string directory) => Add(new PlanTest.PathUnder(directory), rows.Protected);

    /// <summary>Adds a statement of which all tests on paths are of the first kind.</summary>
    public void AddCompoundPath(PlanStatement statement) => _paths.Add(statement, AddAtom);

    /// <summary>Adds a statement of which all tests on paths are of the second kind, and which says nothing of other names.</summary>
    public void AddCompoundName(PlanStatement statement) => _names.Add(statement, AddAtom);

    /// <summary>Finds the row of each node: what was added for it and for those above.</summary>
    public void Freeze()
    {
        Grow();
        _exactRows = new int[_tree.Count];
        _underRows = new int[_tree.Count];
        var sets = new int[_tree.Count];
        for (var node = 0; node < _tree.Count; node++)
        {
            var compound = node == LiteralTree.Name || _tree.ParentOf(node) == LiteralTree.Name ? _names : _paths;
            var parent = _tree.ParentOf(node);
            var inherited = parent >= 0 ? _underRows[parent] : node == LiteralTree.Name ? RowTable.Empty : _always;
            _underRows[node] = rows.Union(inherited, _under[node]);
            sets[node] = compound.With(parent >= 0 ? sets[parent] : CompoundLiterals.EmptySet, _atomsUnder.GetValueOrDefault(node));
            var exact = compound.With(sets[node], _atomsHere.GetValueOrDefault(node));
            _exactRows[node] = rows.Union(rows.Union(_underRows[node], _here[node]), compound.RowOf(exact));
        }

        // Only now: what compounds say is not inherited, since more atoms can make it less.
        for (var node = 0; node < _tree.Count; node++)
        {
            var compound = node == LiteralTree.Name || _tree.ParentOf(node) == LiteralTree.Name ? _names : _paths;
            _underRows[node] = rows.Union(_underRows[node], compound.RowOf(sets[node]));
        }
    }

    public void Write(PageWriter pages, FinalRows final, ref LeashPathIndex index)
    {
        LiteralWriter.Write(_tree, node => final.Of(_exactRows[node]), node => final.Of(_underRows[node]), pages, ref index);
        index.RootExact = (uint)final.Of(_exactRows[LiteralTree.Root]);
        index.RootUnder = (uint)final.Of(_underRows[LiteralTree.Root]);
        index.Abstract = (uint)final.Of(_underRows[LiteralTree.Abstract]);
    }

    private void AddAtom(PlanAtom atom, int number)
    {
        foreach (var test in atom.Tests)
        {
            if (NodeOf(test, out var isUnder) is >= 0 and var node)
            {
                var atoms = isUnder ? _atomsUnder : _atomsHere;
                (atoms.TryGetValue(node, out var list) ? list : atoms[node] = []).Add(number);
            }
        }

        Grow();
    }

    /// <summary>The node of a test; negative when no file can make it true.</summary>
    private int NodeOf(PlanTest test, out bool isUnder)
    {
        isUnder = test is PlanTest.PathUnder or PlanTest.PathIsAbstract;
        return test switch
        {
            PlanTest.PathIs t when LiteralPath.IsPossible(t.Path) => _tree.AddPath(t.Path),
            PlanTest.PathUnder t when LiteralPath.IsPossible(t.Directory) => _tree.AddPath(t.Directory),
            PlanTest.NameIs { Name: "/" } => LiteralTree.Root,
            PlanTest.NameIs t when LiteralPath.IsPossibleName(t.Name) => _tree.AddName(t.Name),
            PlanTest.PathIsAbstract => LiteralTree.Abstract,
            _ => -1,
        };
    }

    private void Grow()
    {
        while (_here.Count < _tree.Count)
        {
            _here.Add(RowTable.Empty);
            _under.Add(RowTable.Empty);
        }
    }
}
