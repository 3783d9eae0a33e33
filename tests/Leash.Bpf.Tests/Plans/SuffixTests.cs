using System.Runtime.InteropServices;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Tests.Plans;

/// <summary>Patterns that the end of a path decides are read from there, alone or together; all others from the start.</summary>
public sealed class SuffixTests
{
    private static readonly PlanTest s_env = new PlanTest.PathLike(Suffix(".env"));
    private static readonly byte[][] s_paths =
    [
        .. new[]
        {
            "/", "/.env", "/env", "/x.env", "/.env/x", "/a/.env", "/a/x.env", "/a/b.env/c", "@.env", "@a/.env", "@a/b.env", "@", "@é", "@/", "/é", "/a/é", "/aé", "/v",
            "/*", "/a/*.env", "/a/x.env.env", "/n", "/a/n", "/an", "/a/n/b", "@a/n", "@n", "/a/b/n", "/a/xb/n",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'/', 0xa9], [(byte)'/', (byte)'a', 0xc3], [(byte)'/', 0xc3, 0xa9, 0xa9], [(byte)'/', 0xff, .. ".env"u8], [(byte)'/', 0xff, 0xc3, 0xa9],
    ];

    public static TheoryData<string, bool> Patterns => new()
    {
        { ".env", true }, { "v", true }, { "é", true }, { "*", true }, { "*.env", true }, { "@.env", true }, { "@", true },
        { "/n", true }, { "/", true }, { "b/n", false }, { "/b/n", false }, { "//", false }, { "n/", false },
        { "a-suffix-that-is-longer-than-any-of-the-paths-here-is-by-some-bytes", true },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void PathsAndNames_EndAlike(string suffix, bool isBackward)
    {
        Check([new PlanTest.PathLike(Suffix(suffix))], isBackward ? 1 : 0, 1);
        Check([new PlanTest.NameLike(Suffix(suffix))], suffix.Contains('/') ? 0 : 1, 1);
        Check([new PlanTest.PathLike(Suffix(suffix)), new PlanTest.NameLike(Suffix("v"))], 1, isBackward ? 1 : 2);
    }

    [Fact]
    public void OtherPatterns_AreReadFromTheStart()
    {
        Check([new PlanTest.PathLike(new PlanPattern([null]))], 0, 1);
        Check([new PlanTest.PathLike(new PlanPattern(["/a", null, ".env"]))], 0, 1);
        Check([new PlanTest.PathLike(new PlanPattern([null, "a", null, ".env"]))], 0, 1);
        Check([new PlanTest.PathLike(new PlanPattern([null, ".env", null]))], 0, 1);
        Check([new PlanTest.NameLike(new PlanPattern(["x", null]))], 0, 1);
    }

    [Fact]
    public void Conditions_AreReadBackwardsWhenAllOfThemIs()
    {
        var table = TruthTable.Create(2, row => row is 0b01);
        CheckCompound(table, s_env, new PlanTest.NameLike(Suffix("x.env")), 1);
        CheckCompound(table, s_env, new PlanTest.PathLike(Suffix("a/x.env")), 0);
        CheckCompound(table, s_env, new PlanTest.PathUnder("/a"), 0);
        CheckCompound(TruthTable.Create(2, row => row == 0), s_env, new PlanTest.PathLike(Suffix("/n")), 1);
    }

    [Fact]
    public void ManyPatterns_AreOneAutomaton()
    {
        var statements = Enumerable.Range(0, 300).Select(i => PlanStatement.Permit($"p{i}", (PlanActionMask)(1u << i % 7), new PlanTest.PathLike(Suffix($".k{i}"))));
        var checks = new PlanChecks(new EnforcementPlan([.. statements]));
        Assert.Equal((1u, 1u), Counts(checks));
        foreach (var path in new[] { "/a.k17", "/a.k7", "/k7", "/a/.k299", "/a.k17/b", "/a.k300" })
        {
            CheckPath(checks, Encoding.UTF8.GetBytes(path));
        }
    }

    /// <summary>What one automaton has no room for is in several of the same direction.</summary>
    [Fact]
    public void TooManyForOne_AreSeveralAutomata()
    {
        // Without a common shape, so that no smaller automaton says the same; always the same ones.
        var random = new Random(1);
        string[] suffixes = [.. Enumerable.Range(0, 2_000).Select(_ => random.GetString("abcd", 40))];
        var checks = new PlanChecks(new EnforcementPlan(
            [.. suffixes.Select((suffix, i) => PlanStatement.Permit($"p{i}", PlanActionMask.FileOpenReadOnly, new PlanTest.PathLike(Suffix(suffix))))]));
        Assert.Equal((2u, 2u), Counts(checks));
        foreach (var suffix in suffixes.Where((_, i) => i % 97 == 0))
        {
            CheckPath(checks, Encoding.UTF8.GetBytes("/a/b" + suffix));
            CheckPath(checks, Encoding.UTF8.GetBytes("/a/b" + suffix[1..]));
        }
    }

    private static PlanPattern Suffix(string text) => new([null, text]);

    private static void Check(PlanTest[] tests, int backward, int all)
    {
        var checks = new PlanChecks(new EnforcementPlan([.. tests.Select((test, i) => PlanStatement.Permit($"p{i}", (PlanActionMask)(1u << i), test))]));
        Assert.Equal(((uint)backward, (uint)all), Counts(checks));
        Assert.All(s_paths, path => CheckPath(checks, path));
    }

    private static void CheckCompound(TruthTable table, PlanTest one, PlanTest other, int backward)
    {
        var statement = new PlanStatement("p", "user", PlanEffect.Permit, PlanActionMask.All, [new PlanAtom([one]), new PlanAtom([other])], table);
        var checks = new PlanChecks(new EnforcementPlan([statement]));
        Assert.Equal(((uint)backward, 1u), Counts(checks));
        Assert.All(s_paths, path => CheckPath(checks, path));
    }

    private static void CheckPath(PlanChecks checks, byte[] path)
    {
        foreach (var action in PlanActionMask.File.Members())
        {
            checks.Check(new FileFacts(PrincipalFacts.Initial, action, path));
        }
    }

    private static (uint Backward, uint All) Counts(PlanChecks checks)
    {
        var paths = MemoryMarshal.Read<LeashPlan>(checks.Kernel.Bytes.Span).Paths;
        return (paths.BackwardDfas, paths.DfaCount);
    }
}
