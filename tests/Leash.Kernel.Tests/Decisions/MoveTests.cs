using System.Text;
using Leash.Bpf.Plans;
using Leash.Plan;
using Leash.Policy.Tests;

namespace Leash.Kernel.Tests.Decisions;

/// <summary>Whether a directory may move from one place to another, which is when no verdict below changes.</summary>
public sealed class MoveTests(ITestOutputHelper output) : IDisposable
{
    private const int Plans = 300;
    private static readonly string[] s_names = ["a", "b", "ab", ".env", "x.env", "é"];
    private static readonly string[] s_suffixes = ["a", "b", ".env", "/b", "/.env", "/é", "env", "/"];
    private static readonly string[] s_longer = ["a/b", "/a/b", "b/.env", "/x.env/a", "a/", "b/é"];
    private static readonly byte[][] s_below = [.. Below().Select(Encoding.UTF8.GetBytes)];
    private readonly DecisionProbe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Fact]
    public void WhatTheLastComponentDecides_MovesWithTheDirectory()
    {
        SetPlan([.. s_suffixes.Select(suffix => Permit(PlanActionMask.FileOpenReadOnly, suffix))]);

        Assert.True(_probe.AreSameBelow("/a"u8, "/b"u8));
        Assert.True(_probe.AreSameBelow("/x.env"u8, "/a/b"u8));
        Assert.True(_probe.AreSameBelow("/a/.env"u8, "/a/x"u8));
    }

    [Fact]
    public void WhatIsDecidedByMore_DoesNot()
    {
        SetPlan([Permit(PlanActionMask.FileOpenReadOnly, ".env"), Permit(PlanActionMask.FileCreate, "b/n")]);

        Assert.True(_probe.AreSameBelow("/a/b"u8, "/x/b"u8));
        Assert.True(_probe.AreSameBelow("/a/c"u8, "/d.env"u8));
        Assert.False(_probe.AreSameBelow("/a/b"u8, "/a/c"u8));
    }

    /// <summary>Whatever patterns there are together: where the kernel lets a directory move, no path below has another verdict.</summary>
    [Fact]
    public void RandomPlans_KeepTheirVerdictsBelow()
    {
        var random = new Random(RandomRun.Seed(output));
        var (same, different) = (0, 0);
        for (var i = 0; i < Plans; i++)
        {
            var plan = SetPlan([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Statement(random))]);
            var interpreter = new PlanInterpreter(plan);
            for (var j = 0; j < 10; j++)
            {
                var (one, other) = (Directory(random), Directory(random));
                var isSame = _probe.AreSameBelow(one, other);
                same += isSame ? 1 : 0;
                different += isSame ? 0 : 1;
                foreach (var path in isSame ? s_below : [])
                {
                    var verdicts = (Verdicts(interpreter, [.. one, .. path]), Verdicts(interpreter, [.. other, .. path]));
                    Assert.True(verdicts.Item1 == verdicts.Item2, $"{PathText.Decode(one)} {PathText.Decode(other)} {PathText.Decode(path)}: {plan.Describe()}");
                }
            }
        }

        output.WriteLine($"{same} moves, {different} refused");
        Assert.InRange(same, Plans, 10 * Plans);
        Assert.InRange(different, Plans / 2, 10 * Plans);
    }

    private static IEnumerable<string> Below() =>
        s_names.SelectMany(one => new[] { "/" + one }.Concat(s_names.Select(other => $"/{one}/{other}")));

    private static PlanActionMask Verdicts(PlanInterpreter interpreter, byte[] path) => PlanActionMask.File.Members()
        .Where(action => interpreter.Decide(new FileFacts(PrincipalFacts.Initial, action, path)).Verdict.Allowed)
        .Aggregate(PlanActionMask.None, (mask, action) => mask | action.ToMask());

    private static PlanStatement Permit(PlanActionMask actions, string suffix) =>
        PlanStatement.Permit("p", actions, new PlanTest.PathLike(new PlanPattern([null, suffix])));

    private static PlanStatement Statement(Random random)
    {
        var atoms = Enumerable.Range(0, random.Next(1, 3)).Select(_ => new PlanAtom([Test(random)])).ToArray();
        var table = random.Next(2) == 0 ? TruthTable.All(atoms.Length) : TruthTable.Create(atoms.Length, _ => random.Next(2) == 0);
        return new PlanStatement("p", "user", random.Next(3) == 0 ? PlanEffect.Forbid : PlanEffect.Permit, PlanActionMask.File, [.. atoms], table);
    }

    private static PlanTest Test(Random random) => random.Next(6) switch
    {
        0 => new PlanTest.NameLike(new PlanPattern([null, Pick(random, s_suffixes)])),
        1 or 2 => new PlanTest.PathLike(new PlanPattern([null, Pick(random, s_longer)])),
        3 => new PlanTest.NameLike(new PlanPattern([Pick(random, s_names), null])),
        _ => new PlanTest.PathLike(new PlanPattern([null, Pick(random, s_suffixes)])),
    };

    private static byte[] Directory(Random random) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => "/" + Pick(random, s_names))));

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private EnforcementPlan SetPlan(params PlanStatement[] statements)
    {
        EnforcementPlan plan = new([.. statements]);
        _probe.SetPlan(KernelPlanCompiler.Compile(plan, 1, []).Plan!);
        return plan;
    }
}
