using System.Collections.Immutable;
using System.Text;
using Leash.Plan;

namespace Leash.Bpf.Tests.Plans;

/// <summary>Random statements of any shape, also such as policies do not compile to, over few texts; and requests near them.</summary>
internal sealed class RandomPlans(Random random)
{
    private static readonly string[] s_names = ["a", "b", "ab", "ba", "a.b", "é", "@a", "long-name-of-a-file-with-many-bytes.txt"];
    private static readonly string[] s_programs = ["/bin/a", "/bin/b", "/usr/bin/ab", "/a/b", "/run.sh"];
    private static readonly string[] s_arguments = ["", "-c", "--force", "ab", "é"];
    private static readonly PlanAction[] s_actions = [.. (PlanActionMask.Path | PlanActionMask.Process).Members()];

    public EnforcementPlan Plan() => new([.. Enumerable.Range(0, random.Next(1, 7)).Select(Statement)]);

    public RequestFacts Request()
    {
        var principal = Principal();
        var action = Pick(s_actions);
        return action switch
        {
            PlanAction.ProcessExec => new ExecFacts(
                principal, Path(), Bytes(Pick(s_arguments)), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Bytes(Pick(s_arguments)))],
                random.Next(2) == 0 ? [] : Bytes(Pick(s_programs))),
            PlanAction.ProcessSignal or PlanAction.ProcessTrace => new ProcessFacts(principal, action),
            _ => new FileFacts(principal, action, Path()),
        };
    }

    private PlanStatement Statement(int number)
    {
        var atoms = Enumerable.Range(0, random.Next(5)).Select(_ => Atom()).ToImmutableArray();
        var table = random.Next(3) switch
        {
            0 => TruthTable.All(atoms.Length),
            1 => TruthTable.Create(atoms.Length, row => row != 0),
            _ => TruthTable.Create(atoms.Length, _ => random.Next(2) == 0),
        };
        var actions = random.Next(3) == 0 ? PlanActionMask.All : (PlanActionMask)random.Next(1, (int)PlanActionMask.All + 1) | Pick(s_actions).ToMask();
        return new PlanStatement($"p{number}", "user", random.Next(3) == 0 ? PlanEffect.Forbid : PlanEffect.Permit, actions, atoms, table);
    }

    private PlanAtom Atom()
    {
        Func<PlanTest> make = random.Next(8) switch
        {
            0 => PrincipalTest,
            1 => ExecTest,
            2 => LiteralTest,
            _ => PathTest,
        };
        return new PlanAtom([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => make())]);
    }

    private PlanTest PrincipalTest() => random.Next(3) switch
    {
        0 => new PlanTest.ExeIs(random.Next(8) == 0 ? "" : Pick(s_programs)),
        1 => new PlanTest.ExeLike(Pattern()),
        _ => new PlanTest.LineageHas(Pick(s_programs)),
    };

    private PlanTest ExecTest() => random.Next(6) switch
    {
        0 => new PlanTest.ArgsContain(Pick(s_arguments)),
        1 => new PlanTest.ArgsEmpty(),
        2 => new PlanTest.Argv0Is(Pick(s_arguments)),
        3 => new PlanTest.Argv0Like(Pattern()),
        4 => new PlanTest.InterpreterIs(random.Next(3) == 0 ? "" : Pick(s_programs)),
        _ => new PlanTest.InterpreterLike(Pattern()),
    };

    private PlanTest LiteralTest() => random.Next(5) switch
    {
        0 => new PlanTest.PathUnder(PathString()),
        1 => new PlanTest.PathIsAbstract(),
        2 => new PlanTest.PathUnder("/"),
        _ => new PlanTest.PathIs(PathString()),
    };

    private PlanTest PathTest() => random.Next(6) switch
    {
        0 => new PlanTest.PathIs(PathString()),
        1 => new PlanTest.PathUnder(PathString()),
        2 => new PlanTest.PathLike(Pattern()),
        3 => new PlanTest.NameLike(Pattern()),
        4 => new PlanTest.PathIsAbstract(),
        _ => new PlanTest.NameIs(random.Next(8) == 0 ? "/" : Pick(s_names)),
    };

    private PlanPattern Pattern() => random.Next(2) == 0 ? SuffixPattern() : new(Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(2) == 0
        ? null
        : random.Next(5) switch { 0 => "/", 1 => "@", 2 => PathString(), _ => Pick(s_names) }));

    /// <summary>Mostly what the last component of a path decides; sometimes longer than many a path, sometimes nothing but slashes or an at sign.</summary>
    private PlanPattern SuffixPattern()
    {
        var name = Pick(s_names);
        return new([null, random.Next(10) switch
        {
            < 4 => name[random.Next(name.Length)..],
            < 6 => "/" + name,
            6 => $"{name}/{Pick(s_names)}",
            7 => Pick(["/", "//", "@", "*"]),
            _ => name,
        }]);
    }

    private PrincipalFacts Principal()
    {
        var lineage = Enumerable.Range(0, random.Next(4)).Select(_ => Bytes(Pick(s_programs))).ToImmutableArray();
        return lineage.Length == 0 ? PrincipalFacts.Initial : new PrincipalFacts(lineage[^1], lineage);
    }

    private byte[] Path()
    {
        var path = Bytes(PathString());
        if (random.Next(8) == 0)
        {
            path = [.. path, (byte)(path[^1] == (byte)'/' ? 'x' : '/'), (byte)random.Next(0x80, 0x100), (byte)'b'];
        }

        return random.Next(50) == 0 ? [.. path[..1], .. Enumerable.Repeat((byte)'a', random.Next(200, 256))] : path;
    }

    private string PathString() => random.Next(12) switch
    {
        0 => "/",
        1 => "@" + Pick(s_names),
        2 => "@a/" + Pick(s_names),
        3 => Pick(s_programs),
        _ => "/" + string.Join('/', Enumerable.Range(0, random.Next(20) == 0 ? random.Next(1, 100) : random.Next(1, 4)).Select(_ => Pick(s_names))),
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
