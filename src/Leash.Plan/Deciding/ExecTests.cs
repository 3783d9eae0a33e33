using System.Collections.Immutable;
using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>The atoms on arguments and interpreters of one plan, with their texts as bytes.</summary>
internal sealed class ExecTests
{
    private readonly List<Test[]> _atoms = [];

    public int AddAtom(PlanAtom atom)
    {
        _atoms.Add([.. atom.Tests.Select(Compile)]);
        return _atoms.Count - 1;
    }

    public bool Holds(int atom, in ExecArguments exec)
    {
        foreach (ref readonly var test in _atoms[atom].AsSpan())
        {
            var holds = test.Source switch
            {
                PlanTest.ArgsContain => exec.Contains(test.Text),
                PlanTest.ArgsEmpty => exec.Arguments.IsEmpty,
                PlanTest.Argv0Is => exec.Argv0.SequenceEqual(test.Text),
                PlanTest.Argv0Like like => like.Pattern.Matches(exec.Argv0),
                PlanTest.InterpreterIs => exec.Interpreter.SequenceEqual(test.Text),
                PlanTest.InterpreterLike like => like.Pattern.Matches(exec.Interpreter),
                _ => false,
            };
            if (holds)
            {
                return true;
            }
        }

        return false;
    }

    private static Test Compile(PlanTest test) => new(test, test switch
    {
        PlanTest.ArgsContain t => Encoding.UTF8.GetBytes(t.Argument),
        PlanTest.Argv0Is t => Encoding.UTF8.GetBytes(t.Argument),
        PlanTest.InterpreterIs t => Encoding.UTF8.GetBytes(t.Path),
        _ => [],
    });

    private readonly record struct Test(PlanTest Source, byte[] Text);
}
