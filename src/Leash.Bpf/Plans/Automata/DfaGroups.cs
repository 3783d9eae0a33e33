using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Automata;

/// <summary>
/// The statements on patterns, in as few automata as their states allow. Those that the end of a path decides have automata of their own, which
/// read it from there: they come to a state that never changes after a few bytes, however long the path is.
/// </summary>
internal sealed class DfaGroups(RowTable rows)
{
    /// <summary>What automata may grow to when they are joined only to have fewer.</summary>
    private const int EasyStates = 4_000;

    private readonly Dictionary<(int Row, bool IsBackward), List<(PathPattern Pattern, PlanStatement Statement)>> _alternatives = [];
    private readonly List<PlanStatement> _compounds = [];
    private readonly List<Group> _groups = [];

    /// <summary>Adds what holds for the paths that a pattern matches.</summary>
    public void Add(PathPattern pattern, int row, PlanStatement statement)
    {
        var suffix = pattern.AsSuffix();
        var key = (row, suffix is not null);
        if (!_alternatives.TryGetValue(key, out var list))
        {
            _alternatives.Add(key, list = []);
        }

        list.Add((suffix ?? pattern, statement));
    }

    /// <summary>Adds a statement whose tests on paths have to be looked at together.</summary>
    public void AddCompound(PlanStatement statement) => _compounds.Add(statement);

    /// <summary>Builds the automata and joins them.</summary>
    public void Freeze(List<KernelDiagnostic> diagnostics)
    {
        foreach (var (key, patterns) in _alternatives)
        {
            AddAlternatives(key.Row, key.IsBackward, patterns, diagnostics);
        }

        foreach (var statement in _compounds)
        {
            AddCompound(statement, diagnostics);
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
            index.BackwardDfas += group.IsBackward ? 1u : 0u;
        }
    }

    private static KernelDiagnostic TooLarge(PlanStatement statement) => new(
        KernelCodes.TooManyStates, statement, "its patterns need more states than the kernel programs have room for",
        "use fewer `*` in one pattern, or name directories with `resource in Dir::\"…\"`");

    private void AddAlternatives(
        int row, bool isBackward, List<(PathPattern Pattern, PlanStatement Statement)> patterns, List<KernelDiagnostic> diagnostics)
    {
        var dfa = DfaBuilder.Build(patterns.Select(item => item.Pattern).Distinct(), row);
        if (dfa is not null && DfaWriter.Fits(dfa))
        {
            _groups.Add(new Group(dfa, isBackward, [.. patterns.Select(item => item.Statement)]));
        }
        else if (patterns.Count > 1)
        {
            var half = patterns.Count / 2;
            AddAlternatives(row, isBackward, patterns[..half], diagnostics);
            AddAlternatives(row, isBackward, patterns[half..], diagnostics);
        }
        else
        {
            diagnostics.Add(TooLarge(patterns[0].Statement));
        }
    }

    /// <summary>Reads backwards only when all that it depends on does: what the end of a path decides, any function of it does.</summary>
    private void AddCompound(PlanStatement statement, List<KernelDiagnostic> diagnostics)
    {
        PathPattern[][] forward = [.. statement.Atoms.Select(PatternsOf)];
        PathPattern[][] backward = [.. forward.Select(atom => atom.Select(pattern => pattern.AsSuffix()).OfType<PathPattern>().ToArray())];
        var isBackward = backward.Sum(atom => atom.Length) == forward.Sum(atom => atom.Length);
        if (CompoundDfa(statement, isBackward ? backward : forward) is { } dfa)
        {
            _groups.Add(new Group(dfa, isBackward, [statement]));
        }
        else
        {
            diagnostics.Add(TooLarge(statement));
        }
    }

    private static PathPattern[] PatternsOf(PlanAtom atom) =>
        atom.Domain == TestDomain.Path ? [.. atom.Tests.Select(PathPattern.Of).OfType<PathPattern>()] : [];

    /// <summary>The automaton of one statement: that of all its atoms on paths, labelled by its table.</summary>
    private Dfa? CompoundDfa(PlanStatement statement, PathPattern[][] patterns)
    {
        Dfa? product = null;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Domain != TestDomain.Path)
            {
                continue;
            }

            var dfa = DfaBuilder.Build(patterns[i], 1 << i);
            product = dfa is null || product is null ? dfa : DfaProduct.Of(product, dfa, (a, b) => a | b, KernelLimits.DfaStates);
            if (product is null)
            {
                return null;
            }
        }

        product = product?.Relabel(inputs => rows.Of(statement, PlanActionMask.Path, inputs));
        return product is not null && DfaWriter.Fits(product) ? product : null;
    }

    /// <summary>Joins the two smallest of a direction as long as what becomes of them is small enough; leaves those that read backwards first, then the largest.</summary>
    private void Join(int maxStates)
    {
        List<Group> done = [.. Joined(isBackward: true, maxStates), .. Joined(isBackward: false, maxStates)];
        _groups.Clear();
        _groups.AddRange(done.OrderByDescending(group => group.IsBackward).ThenByDescending(group => group.Statements.Count));
    }

    private List<Group> Joined(bool isBackward, int maxStates)
    {
        var waiting = new PriorityQueue<Group, int>(
            _groups.Where(group => group.IsBackward == isBackward).Select(group => (group, group.Dfa.StateCount)));
        List<Group> done = [];
        while (waiting.TryDequeue(out var smallest, out _))
        {
            if (waiting.TryDequeue(out var next, out _))
            {
                if (DfaProduct.Of(smallest.Dfa, next.Dfa, rows.Union, maxStates) is { } joined && DfaWriter.Fits(joined))
                {
                    var group = new Group(joined, isBackward, [.. smallest.Statements, .. next.Statements]);
                    waiting.Enqueue(group, joined.StateCount);
                    continue;
                }

                waiting.Enqueue(next, next.Dfa.StateCount);
            }

            done.Add(smallest);
        }

        return done;
    }

    private sealed record Group(Dfa Dfa, bool IsBackward, List<PlanStatement> Statements);
}
