namespace Leash.Plan.Deciding;

/// <summary>
/// The statements of one family of requests, by the atoms that can satisfy them. A decision looks at the statements of the atoms that hold,
/// and at those that can be satisfied while no atom on the resource holds (negations); the rest costs nothing.
/// </summary>
internal sealed class StatementTable(PrincipalTable principals)
{
    private readonly List<Entry> _entries = [];
    private readonly List<List<int>> _statementsOfAtom = [];
    private readonly List<int> _always = [];
    private readonly ExecTests _exec = new();
    private Entry[] _frozen = [];
    private int[][] _byAtom = [];
    private int[] _unconditional = [];

    /// <summary>Where the value of an input comes from.</summary>
    private enum Source : byte
    {
        Resource,
        Principal,
        Exec,
    }

    public int AtomCount => _byAtom.Length;

    public int StatementCount => _frozen.Length;

    /// <summary>Adds a statement; <paramref name="addTests"/> is told the number of each atom on the resource.</summary>
    public void Add(PlanStatement statement, Action<PlanAtom, int> addTests)
    {
        var inputs = new Input[statement.Atoms.Length];
        var index = _entries.Count;
        var resourceInputs = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var atom = statement.Atoms[i];
            switch (atom.Domain)
            {
                case TestDomain.Principal:
                    inputs[i] = new Input(Source.Principal, principals.AddAtom(atom));
                    break;
                case TestDomain.Exec:
                    inputs[i] = new Input(Source.Exec, _exec.AddAtom(atom));
                    break;
                default:
                    inputs[i] = new Input(Source.Resource, _statementsOfAtom.Count);
                    addTests(atom, _statementsOfAtom.Count);
                    _statementsOfAtom.Add([index]);
                    resourceInputs |= 1 << i;
                    break;
            }
        }

        _entries.Add(new Entry(statement, statement.Actions, statement.Effect == PlanEffect.Permit, statement.Table, inputs));
        for (var row = 0; row < statement.Table.Rows; row++)
        {
            if ((row & resourceInputs) == 0 && statement.Table[row])
            {
                _always.Add(index);
                break;
            }
        }
    }

    /// <summary>Ends building.</summary>
    public void Freeze()
    {
        _frozen = [.. _entries];
        _byAtom = [.. _statementsOfAtom.Select(list => list.ToArray())];
        _unconditional = [.. _always];
        _entries.Clear();
        _statementsOfAtom.Clear();
    }

    /// <summary>Adds what the statements say about the wanted actions, given the atoms that have fired.</summary>
    public void Decide(
        DecisionScratch scratch, PrincipalClass principal, PlanActionMask wanted, in ExecArguments exec, ref PlanActionMask permitted,
        ref PlanActionMask forbidden, List<PlanStatement>? found)
    {
        for (var i = 0; i < scratch.FiredCount; i++)
        {
            foreach (var statement in _byAtom[scratch.Fired[i]])
            {
                Look(statement, scratch, principal, wanted, exec, ref permitted, ref forbidden, found);
            }
        }

        foreach (var statement in _unconditional)
        {
            Look(statement, scratch, principal, wanted, exec, ref permitted, ref forbidden, found);
        }
    }

    private void Look(
        int index, DecisionScratch scratch, PrincipalClass principal, PlanActionMask wanted, in ExecArguments exec,
        ref PlanActionMask permitted, ref PlanActionMask forbidden, List<PlanStatement>? found)
    {
        var entry = _frozen[index];
        if ((entry.Actions & wanted) == PlanActionMask.None || !scratch.Visit(index))
        {
            return;
        }

        var row = 0;
        for (var i = 0; i < entry.Inputs.Length; i++)
        {
            var input = entry.Inputs[i];
            var holds = input.Source switch
            {
                Source.Resource => scratch.HasFired(input.Atom),
                Source.Principal => principal.Holds(input.Atom),
                Source.Exec => _exec.Holds(input.Atom, exec),
            };
            row |= holds ? 1 << i : 0;
        }

        if (!entry.Table[row])
        {
            return;
        }

        found?.Add(entry.Statement);
        if (entry.IsPermit)
        {
            permitted |= entry.Actions;
        }
        else
        {
            forbidden |= entry.Actions;
        }
    }

    private readonly struct Input(Source source, int atom)
    {
        public Source Source { get; } = source;

        public int Atom { get; } = atom;
    }

    private sealed record Entry(PlanStatement Statement, PlanActionMask Actions, bool IsPermit, TruthTable Table, Input[] Inputs);
}
