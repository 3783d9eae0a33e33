using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Automata;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans.Arguments;

/// <summary>
/// The tests on arguments that execs of a plan are decided by. Alternatives on the first argument, and on the interpreter, are one automaton;
/// each argument that is looked for behind the first is a test of its own.
/// </summary>
internal sealed class ArgumentTests
{
    private readonly List<Test> _tests = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<PlanPattern, int> _patterns = [];
    private readonly Dictionary<int, int> _bitsOfAtom = [];

    public int Count => _tests.Count;

    /// <summary>Adds the tests of the atoms of the conditions that rows use.</summary>
    /// <returns>A code when they do not fit; null when they do.</returns>
    public string? Add(ConditionTable conditions)
    {
        for (var i = 1; i < conditions.Count; i++)
        {
            foreach (var atom in conditions[i].ExecAtoms)
            {
                if (!_bitsOfAtom.ContainsKey(atom))
                {
                    _bitsOfAtom.Add(atom, BitsOf(conditions.ExecAtoms[atom]));
                }
            }
        }

        return _tests.Count > PlanAbi.MaxArgumentTests ? KernelCodes.TooManyArgumentTests
            : _tests.Any(test => test.Text.Length > PlanAbi.PathMax) ? KernelCodes.TextTooLong
            : _tests.Any(test => test.Patterns.Count > 0 && test.Dfa is null) ? KernelCodes.TooManyStates
            : null;
    }

    /// <summary>Whether an atom holds when these tests do.</summary>
    public bool Holds(int atom, int outcome) => (_bitsOfAtom[atom] & outcome) != 0;

    public void Write(PageWriter pages, ref LeashExec exec)
    {
        exec.TestCount = (uint)_tests.Count;
        for (var i = 0; i < _tests.Count; i++)
        {
            var test = _tests[i];
            exec.Tests[i].Kind = test.Kind;
            if (test.Dfa is { } dfa)
            {
                exec.Tests[i].Dfa = DfaWriter.Write(dfa, pages, label => label);
            }
            else
            {
                exec.Tests[i].Text = pages.AddText(test.Text);
                exec.Tests[i].TextLength = (uint)test.Text.Length;
            }
        }
    }

    private int BitsOf(PlanAtom atom)
    {
        var bits = 0;
        foreach (var test in atom.Tests)
        {
            bits |= test switch
            {
                PlanTest.ArgsContain t => Add(LeashArgumentKind.ArgsContain, t.Argument),
                PlanTest.ArgsEmpty => Add(LeashArgumentKind.ArgsEmpty, ""),
                _ => 0,
            };
        }

        return bits
            | AddPatterns(LeashArgumentKind.Argv0Is, LeashArgumentKind.Argv0Like, [.. atom.Tests.Select(Argv0Of).OfType<PlanPattern>()])
            | AddPatterns(
                LeashArgumentKind.InterpreterIs, LeashArgumentKind.InterpreterLike, [.. atom.Tests.Select(InterpreterOf).OfType<PlanPattern>()]);
    }

    private static PlanPattern? Argv0Of(PlanTest test) => test switch
    {
        PlanTest.Argv0Is t => new PlanPattern([t.Argument]),
        PlanTest.Argv0Like t => t.Pattern,
        _ => null,
    };

    private static PlanPattern? InterpreterOf(PlanTest test) => test switch
    {
        PlanTest.InterpreterIs t => new PlanPattern([t.Path]),
        PlanTest.InterpreterLike t => t.Pattern,
        _ => null,
    };

    private int AddPatterns(LeashArgumentKind literal, LeashArgumentKind like, List<PlanPattern> patterns)
    {
        if (patterns.Count == 0)
        {
            return 0;
        }

        return patterns is [{ Parts: [] or [not null] } only]
            ? Add(literal, only.Parts.Length == 0 ? "" : only.Parts[0]!)
            : Add(like, "", patterns);
    }

    private int Add(LeashArgumentKind kind, string text, List<PlanPattern>? patterns = null)
    {
        var key = $"{(int)kind}:{string.Join(',', (patterns ?? []).Select(NumberOf))}:{text}";
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _tests.Count;
            _numbers.Add(key, number);
            var dfa = patterns is null ? null : DfaBuilder.Build(patterns.Select(pattern => new PathPattern(PatternKind.Whole, pattern)), 1);
            _tests.Add(new Test(kind, Encoding.UTF8.GetBytes(text), patterns ?? [], dfa));
        }

        return number < PlanAbi.MaxArgumentTests ? 1 << number : 0;
    }

    private int NumberOf(PlanPattern pattern)
    {
        if (!_patterns.TryGetValue(pattern, out var number))
        {
            number = _patterns.Count;
            _patterns.Add(pattern, number);
        }

        return number;
    }

    private sealed record Test(LeashArgumentKind Kind, byte[] Text, List<PlanPattern> Patterns, Dfa? Dfa);
}
