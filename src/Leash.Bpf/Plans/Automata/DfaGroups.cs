using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Automata;

/// <summary>The statements on patterns, in as few automata as their states allow.</summary>
internal sealed class DfaGroups(RowTable rows)
{
    /// <summary>What automata may grow to when they are joined only to have fewer.</summary>
    private const int EasyStates = 4_000;

    private readonly Dictionary<int, List<(PathPattern Pattern, PlanStatement Statement)>> _alternatives = [];
    private readonly List<PlanStatement> _compounds = [];
    private readonly List<Group> _groups = [];

    /// <summary>Adds what holds for the paths that a pattern matches.</summary>
    public void Add(PathPattern pattern, int row, PlanStatement statement)
    {
        if (!_alternatives.TryGetValue(row, out var list))
        {
            _alternatives.Add(row, list = []);
        }

        list.Add((pattern, statement));
    }

    /// <summary>Adds a statement whose tests on paths have to be looked at together.</summary>
    public void AddCompound(PlanStatement statement) => _compounds.Add(statement);

    /// <summary>Builds the automata and joins them.</summary>
    public void Freeze(List<KernelDiagnostic> diagnostics)
    {
        foreach (var (row, patterns) in _alternatives)
        {
            AddAlternatives(row, patterns, diagnostics);
        }

        foreach (var statement in _compounds)
        {
            if (CompoundDfa(statement) is { } dfa)
            {
                _groups.Add(new Group(dfa, [statement]));
            }
            else
            {
                diagnostics.Add(TooLarge(statement));
            }
        }

        Join(EasyStates);
        if (_groups.Count > PlanAbi.MaxDfas)
        {
            Join(KernelLimits.DfaStates);
        }

        foreach (var group in _groups.Skip(PlanAbi.MaxDfas))
        {
            diagnostics.AddRange(group.Statements.Distinct().Select(TooLarge));
        }
    }

    public void Write(PageWriter pages, FinalRows final, ref LeashPathIndex index)
    {
        foreach (var group in _groups)
        {
            // Rows that turned out to say the same make states equal.
            var dfa = group.Dfa.Relabel(final.Of);
            index.Dfas[(int)index.DfaCount++] = DfaWriter.Write(dfa, pages, label => label);
        }
    }

    private static KernelDiagnostic TooLarge(PlanStatement statement) => new(
        KernelCodes.TooManyStates, statement, "its patterns need more states than the kernel programs have room for",
        "use fewer `*` in one pattern, or name directories with `resource in Dir::\"…\"`");

    private void AddAlternatives(int row, List<(PathPattern Pattern, PlanStatement Statement)> patterns, List<KernelDiagnostic> diagnostics)
    {
        var dfa = DfaBuilder.Build(patterns.Select(item => item.Pattern).Distinct(), row);
        if (dfa is not null && DfaWriter.Fits(dfa))
        {
            _groups.Add(new Group(dfa, [.. patterns.Select(item => item.Statement)]));
        }
        else if (patterns.Count > 1)
        {
            var half = patterns.Count / 2;
            AddAlternatives(row, patterns[..half], diagnostics);
            AddAlternatives(row, patterns[half..], diagnostics);
        }
        else
        {
            diagnostics.Add(TooLarge(patterns[0].Statement));
        }
    }

    /// <summary>The automaton of one statement: that of all its atoms on paths, labelled by its table.</summary>
    private Dfa? CompoundDfa(PlanStatement statement)
    {
        Dfa? product = null;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Domain != TestDomain.Path)
            {
                continue;
            }

            var patterns = statement.Atoms[i].Tests.Select(PathPattern.Of).OfType<PathPattern>();
            var dfa = DfaBuilder.Build(patterns, 1 << i);
            product = dfa is null || product is null ? dfa : DfaProduct.Of(product, dfa, (a, b) => a | b, KernelLimits.DfaStates);
            if (product is null)
            {
                return null;
            }
        }

        product = product?.Relabel(inputs => rows.Of(statement, PlanActionMask.Path, inputs));
        return product is not null && DfaWriter.Fits(product) ? product : null;
    }

    /// <summary>Joins the two smallest as long as what becomes of them is small enough; leaves the largest first.</summary>
    private void Join(int maxStates)
    {
        var waiting = new PriorityQueue<Group, int>(_groups.Select(group => (group, group.Dfa.StateCount)));
        List<Group> done = [];
        while (waiting.TryDequeue(out var smallest, out _))
        {
            if (waiting.TryDequeue(out var next, out _))
            {
                if (DfaProduct.Of(smallest.Dfa, next.Dfa, rows.Union, maxStates) is { } joined && DfaWriter.Fits(joined))
                {
                    var group = new Group(joined, [.. smallest.Statements, .. next.Statements]);
                    waiting.Enqueue(group, joined.StateCount);
                    continue;
                }

                waiting.Enqueue(next, next.Dfa.StateCount);
            }

            done.Add(smallest);
        }

        _groups.Clear();
        _groups.AddRange(done.OrderByDescending(group => group.Statements.Count));
    }

    private sealed record Group(Dfa Dfa, List<PlanStatement> Statements);
}
