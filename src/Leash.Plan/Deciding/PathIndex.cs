using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>
/// The statements on paths. Literal files and directories are a tree of components: one walk down a path meets every literal that covers it.
/// A statement that only lists literals is kept as two masks on their nodes; others are looked at when one of their tests holds.
/// </summary>
internal sealed class PathIndex
{
    private const int Root = -1;
    private const int AbstractRoot = -2;
    private const int NameRoot = -3;

    private readonly ComponentTable _components = new();
    private readonly TargetList _targets = new();
    private readonly TargetList _listed = new();
    private readonly PatternSet _paths = new();
    private readonly PatternSet _names = new();
    private readonly List<PlanStatement> _lists = [];
    private readonly StatementTable _statements;
    private Node _root;
    private Node[] _nodes = new Node[32];
    private int _abstractAtoms;
    private bool _hasNames;

    public PathIndex(PrincipalTable principals, IEnumerable<PlanStatement> statements)
    {
        _statements = new StatementTable(principals);
        foreach (var statement in statements)
        {
            if (IsList(statement))
            {
                AddList(statement);
            }
            else
            {
                _statements.Add(statement, AddTests);
            }
        }

        _statements.Freeze();
    }

    /// <summary>What is permitted and what is forbidden on a path, among the wanted actions.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="path">Canonical.</param>
    /// <param name="wanted">The actions asked about.</param>
    /// <param name="exec">Arguments, when one of them is an exec.</param>
    /// <param name="found">Gets the satisfied statements on these actions, when not null.</param>
    public (PlanActionMask Permitted, PlanActionMask Forbidden) Decide(
        PrincipalClass principal, ReadOnlySpan<byte> path, PlanActionMask wanted, in ExecArguments exec, List<PlanStatement>? found)
    {
        var scratch = DecisionScratch.Begin(_statements.AtomCount, _statements.StatementCount);
        var permitted = PlanActionMask.None;
        var forbidden = PlanActionMask.None;
        if (path[0] == (byte)'/')
        {
            Walk(path, wanted, scratch, ref permitted, ref forbidden, found);
        }
        else
        {
            _targets.Fire(_abstractAtoms, scratch);
            var node = _components.Find(AbstractRoot, path);
            if (node >= 0)
            {
                Meet(_nodes[node], true, wanted, scratch, ref permitted, ref forbidden, found);
            }
        }

        var name = PathText.NameOf(path);
        if (_hasNames && _components.Find(NameRoot, name) is >= 0 and var named)
        {
            Meet(_nodes[named], true, wanted, scratch, ref permitted, ref forbidden, found);
        }

        if (!_paths.IsEmpty)
        {
            _paths.Fire(path, _targets, scratch);
        }

        if (!_names.IsEmpty)
        {
            _names.Fire(name, _targets, scratch);
        }

        _statements.Decide(scratch, principal, wanted, exec, ref permitted, ref forbidden, found);
        return (permitted, forbidden);
    }

    private static bool IsList(PlanStatement statement) =>
        statement.Atoms is [{ Domain: TestDomain.Path } atom]
        && ReferenceEquals(statement.Table, TruthTable.Identity)
        && atom.Tests.All(test => test is PlanTest.PathIs or PlanTest.PathUnder or PlanTest.NameIs);

    private void Walk(
        ReadOnlySpan<byte> path, PlanActionMask wanted, DecisionScratch scratch, ref PlanActionMask permitted, ref PlanActionMask forbidden,
        List<PlanStatement>? found)
    {
        Meet(_root, path.Length == 1, wanted, scratch, ref permitted, ref forbidden, found);
        var rest = path[1..];
        var parent = Root;
        while (!rest.IsEmpty)
        {
            var slash = rest.IndexOf((byte)'/');
            var component = slash < 0 ? rest : rest[..slash];
            parent = _components.Find(parent, component);
            if (parent < 0)
            {
                return;
            }

            rest = slash < 0 ? default : rest[(slash + 1)..];
            Meet(_nodes[parent], rest.IsEmpty, wanted, scratch, ref permitted, ref forbidden, found);
        }
    }

    private void Meet(
        in Node node, bool isLast, PlanActionMask wanted, DecisionScratch scratch, ref PlanActionMask permitted, ref PlanActionMask forbidden,
        List<PlanStatement>? found)
    {
        permitted |= node.PermittedUnder;
        forbidden |= node.ForbiddenUnder;
        _targets.Fire(node.AtomsUnder, scratch);
        if (isLast)
        {
            permitted |= node.PermittedHere;
            forbidden |= node.ForbiddenHere;
            _targets.Fire(node.AtomsHere, scratch);
        }

        if (found is not null)
        {
            AddFound(node.ListsUnder, wanted, found);
            AddFound(isLast ? node.ListsHere : 0, wanted, found);
        }
    }

    private void AddFound(int head, PlanActionMask wanted, List<PlanStatement> found)
    {
        while (head != 0)
        {
            (var index, head) = _listed.Read(head);
            if ((_lists[index].Actions & wanted) != PlanActionMask.None)
            {
                found.Add(_lists[index]);
            }
        }
    }

    private void AddList(PlanStatement statement)
    {
        var index = _lists.Count;
        _lists.Add(statement);
        var isPermit = statement.Effect == PlanEffect.Permit;
        foreach (var test in statement.Atoms[0].Tests)
        {
            ref var node = ref NodeOf(test, out var isUnder);
            if (isUnder)
            {
                node.ListsUnder = _listed.Add(node.ListsUnder, index);
                node.PermittedUnder |= isPermit ? statement.Actions : PlanActionMask.None;
                node.ForbiddenUnder |= isPermit ? PlanActionMask.None : statement.Actions;
            }
            else
            {
                node.ListsHere = _listed.Add(node.ListsHere, index);
                node.PermittedHere |= isPermit ? statement.Actions : PlanActionMask.None;
                node.ForbiddenHere |= isPermit ? PlanActionMask.None : statement.Actions;
            }
        }
    }

    private void AddTests(PlanAtom atom, int number)
    {
        foreach (var test in atom.Tests)
        {
            switch (test)
            {
                case PlanTest.PathIs or PlanTest.PathUnder or PlanTest.NameIs:
                    ref var node = ref NodeOf(test, out var isUnder);
                    if (isUnder)
                    {
                        node.AtomsUnder = _targets.Add(node.AtomsUnder, number);
                    }
                    else
                    {
                        node.AtomsHere = _targets.Add(node.AtomsHere, number);
                    }

                    break;
                case PlanTest.PathLike like:
                    _paths.Add(like.Pattern, number, _targets);
                    break;
                case PlanTest.NameLike like:
                    _names.Add(like.Pattern, number, _targets);
                    break;
                case PlanTest.PathIsAbstract:
                    _abstractAtoms = _targets.Add(_abstractAtoms, number);
                    break;
                default:
                    // Tests on something that paths do not have are false.
                    break;
            }
        }
    }

    private ref Node NodeOf(PlanTest test, out bool isUnder)
    {
        isUnder = test is PlanTest.PathUnder;
        if (test is PlanTest.NameIs name)
        {
            _hasNames = true;
            return ref NodeAt(_components.GetOrAdd(NameRoot, Encoding.UTF8.GetBytes(name.Name)));
        }

        var path = Encoding.UTF8.GetBytes(test is PlanTest.PathIs file ? file.Path : ((PlanTest.PathUnder)test).Directory);
        if (path.Length == 0 || path[0] != (byte)'/')
        {
            return ref NodeAt(_components.GetOrAdd(AbstractRoot, path));
        }

        var rest = path.AsSpan(1);
        var node = Root;
        while (!rest.IsEmpty)
        {
            var slash = rest.IndexOf((byte)'/');
            node = _components.GetOrAdd(node, slash < 0 ? rest : rest[..slash]);
            rest = slash < 0 ? default : rest[(slash + 1)..];
        }

        return ref NodeAt(node);
    }

    private ref Node NodeAt(int index)
    {
        if (index == Root)
        {
            return ref _root;
        }

        if (index >= _nodes.Length)
        {
            var grown = new Node[Math.Max(_nodes.Length * 2, index + 1)];
            Array.Copy(_nodes, grown, _nodes.Length);
            _nodes = grown;
        }

        return ref _nodes[index];
    }

    private struct Node
    {
        public PlanActionMask PermittedUnder;
        public PlanActionMask ForbiddenUnder;
        public PlanActionMask PermittedHere;
        public PlanActionMask ForbiddenHere;
        public int AtomsUnder;
        public int AtomsHere;
        public int ListsUnder;
        public int ListsHere;
    }
}
