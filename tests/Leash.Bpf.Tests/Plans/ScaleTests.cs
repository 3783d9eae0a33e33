using System.Diagnostics;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Tests.Plans;

/// <summary>Large plans: they fit, are found, and compile while one waits.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("/home/alice/x/.ssh/id_17.pub");

    [Fact]
    public void HundredThousandLiterals_AreFound()
    {
        var plan = new EnforcementPlan([.. Enumerable.Range(0, 100_000).Select(i => PlanStatement.Permit(
            $"p{i}", PlanActionMask.FileOpenReadOnly, i % 2 == 0 ? new PlanTest.PathUnder(Literal(i)) : new PlanTest.PathIs(Literal(i))))]);
        var reader = Compile(plan, "100,000 literals");
        for (var i = 0; i < 100_000; i += 997)
        {
            Assert.True(reader.Decide(0, Encoding.UTF8.GetBytes(Literal(i)), PlanAction.FileOpenReadOnly).Allowed);
            Assert.Equal(i % 2 == 0, reader.Decide(0, Encoding.UTF8.GetBytes(Literal(i) + "/x"), PlanAction.FileOpenReadOnly).Allowed);
            Assert.False(reader.Decide(0, Encoding.UTF8.GetBytes(Literal(i) + "x"), PlanAction.FileOpenReadOnly).Allowed);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThousandPatterns_FitAndAreExact(bool areDifferent)
    {
        var plan = new EnforcementPlan([.. Enumerable.Range(0, 1_000).Select(i => PlanStatement.Forbid(
            $"p{i}", areDifferent && i % 3 == 0 ? PlanActionMask.FileWrite : PlanActionMask.File, Pattern(i))),
            PlanStatement.Permit("all", PlanActionMask.File, new PlanTest.PathUnder("/"))]);
        var reader = Compile(plan, "1,000 patterns");
        var interpreter = new PlanInterpreter(plan);
        string[] paths = ["/", "/a/.secret3/b", "/a/.secret", "/a.key17", "/a.key1", "/a.key17/x", "/home/a/.ssh/id_2", "/home/.ssh/id_2", "/home/a/.secret9/.ssh/id_8x"];
        foreach (var path in paths.Select(Encoding.UTF8.GetBytes).Append(s_key))
        {
            foreach (var action in PlanActionMask.File.Members())
            {
                var expected = interpreter.Decide(new FileFacts(PrincipalFacts.Initial, action, path)).Verdict;
                Assert.Equal(expected, reader.Decide(0, path, action));
            }
        }
    }

    [Fact]
    public void ConditionsOfSeveralKinds_FitTogether()
    {
        var plan = new EnforcementPlan([.. Enumerable.Range(0, 100).Select(i => PlanStatement.Permit(
            $"p{i}", (PlanActionMask)(1u << i % 8), new PlanTest.PathUnder($"/srv/project{i}"),
            new PlanTest.NameLike(new PlanPattern([null, $".type{i % 10}"])), new PlanTest.ExeIs($"/usr/bin/tool{i % 5}")))]);
        var reader = Compile(plan, "100 conditions");
        var principal = reader.Move(reader.InitialPrincipal, "/usr/bin/tool2"u8, default);
        Assert.True(reader.Decide(principal, "/srv/project7/a/b.type7"u8, PlanAction.FileMetadata).Allowed);
        Assert.False(reader.Decide(principal, "/srv/project8/a/b.type8"u8, PlanAction.FileOpenReadOnly).Allowed);
        Assert.False(reader.Decide(principal, "/srv/project7/a/b.type8"u8, PlanAction.FileMetadata).Allowed);
    }

    [Fact]
    public void TooManyStates_NamesTheStatements()
    {
        // Each remembers which of the others were seen: no automaton of them all is small.
        var plan = new EnforcementPlan([.. Enumerable.Range(0, 200).Select(i => PlanStatement.Permit(
            $"p{i}", PlanActionMask.File, new PlanTest.PathLike(new PlanPattern([null, $"/{i}/", null, $"/{i}.x"]))))]);
        var result = KernelPlanCompiler.Compile(plan, 1, []);
        Assert.Null(result.Plan);
        Assert.All(result.Diagnostics, d => Assert.Equal(KernelCodes.TooManyStates, d.Code));
        Assert.All(result.Diagnostics, d => Assert.NotNull(d.Statement));
    }

    private static string Literal(int i) => $"/srv/data{i % 100}/part{i % 1000}/item-{i}";

    private static PlanTest.PathLike Pattern(int i) => new((i % 3) switch
    {
        0 => new PlanPattern([null, $"/.secret{i}/", null]),
        1 => new PlanPattern([null, $".key{i}"]),
        _ => new PlanPattern(["/home/", null, $"/.ssh/id_{i}", null]),
    });

    private KernelPlanReader Compile(EnforcementPlan plan, string what)
    {
        var watch = Stopwatch.StartNew();
        var result = KernelPlanCompiler.Compile(plan, 1, []);
        output.WriteLine($"{what}: {watch.ElapsedMilliseconds} ms, {result.Plan?.PageCount} pages of {PlanAbi.PageSize >> 10} KiB");
        Assert.True(result.Plan is not null, string.Join('\n', result.Diagnostics.Take(3)));
        return new KernelPlanReader(result.Plan.Bytes);
    }
}
