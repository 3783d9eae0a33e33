using System.Text;
using Leash.Plan;

namespace Leash.Plan.Tests;

public sealed class PlanValueTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything/at all", true)]
    [InlineData("a*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("*ab*ab*", "xabyabz", true)]
    [InlineData("*ab*ab*", "xabz", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("*é*", "caf\u00e9!", true)]
    public void Pattern_MatchesWholeText(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Pattern(pattern).Matches(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Pattern_FindsLiteralsAmongInvalidBytes()
    {
        Assert.True(Pattern("*\u00e9").Matches([0xe2, 0xc3, 0xa9]));
        Assert.False(Pattern("\u00e9*").Matches([0xc3, 0x28]));
    }

    [Fact]
    public void Pattern_NormalForm_MakesEqual()
    {
        Assert.Equal(Pattern("a*b"), new PlanPattern(["a", "", null, null, "", "b"]));
        Assert.NotEqual(Pattern("a*b"), Pattern("a*"));
        Assert.Equal("a*\\**", new PlanPattern(["a", null, "*", null]).ToString());
    }

    [Fact]
    public void Decode_IsInjectiveOnInvalidBytes()
    {
        Assert.Equal("/a\udcff\udc80é", PathText.Decode([(byte)'/', (byte)'a', 0xff, 0x80, 0xc3, 0xa9]));
        Assert.Equal("\udce2\udc82x", PathText.Decode([0xe2, 0x82, (byte)'x']));
        Assert.Equal("\udced\udca0\udc80", PathText.Decode([0xed, 0xa0, 0x80]));
        HashSet<string> seen = [];
        for (var i = 0; i < 65_536; i++)
        {
            Assert.True(seen.Add(PathText.Decode([(byte)(i >> 8), (byte)i])));
        }
    }

    [Fact]
    public void TruthTable_HoldsWhatItIsGiven()
    {
        for (var inputs = 0; inputs <= TruthTable.MaxInputs; inputs++)
        {
            var table = TruthTable.Create(inputs, row => row * 2654435761u >> 16 % 3 == 0);
            for (var row = 0; row < table.Rows; row++)
            {
                Assert.Equal(row * 2654435761u >> 16 % 3 == 0, table[row]);
            }
        }

        Assert.Same(TruthTable.Identity, TruthTable.Create(1, row => row == 1));
        Assert.True(TruthTable.Create(7, _ => false).IsNever);
        Assert.Throws<ArgumentOutOfRangeException>(() => TruthTable.Create(TruthTable.MaxInputs + 1, _ => true));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("2001:db8::/32", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0/0", true)]
    public void Cidr_WritesItself(string text, bool isV4)
    {
        var network = text.Split('/');
        var endpoint = new Endpoint(System.Net.IPAddress.Parse(network[0]), 0, TransportProtocol.Tcp, []);
        var range = Cidr.Create(isV4, endpoint.Address, network.Length > 1 ? int.Parse(network[1]) : 128);
        Assert.Equal(text, range.ToString());
        Assert.True(range.Contains(isV4, endpoint.Address));
        Assert.False(range.Contains(!isV4, endpoint.Address));
    }

    [Fact]
    public void Describe_SaysEverything()
    {
        var plan = EnforcementPlan.Of(
            PlanStatement.Permit("p", PlanActionMask.FileOpenReadOnly | PlanActionMask.FileCreate, new PlanTest.PathUnder("/a")),
            new PlanStatement(
                "f", "base", PlanEffect.Forbid, PlanActionMask.All,
                [new PlanAtom([new PlanTest.ExeIs("/x")]), new PlanAtom([new PlanTest.LineageHas("/y"), new PlanTest.LineageHas("/z")])],
                TruthTable.Create(2, row => row is 1 or 2)));
        Assert.Equal(
            """
            permit p [user] FileOpenReadOnly,FileCreate
              t0 = PathUnder { Directory = /a }
              when t0
            forbid f [base] *
              t0 = ExeIs { Path = /x }
              t1 = LineageHas { Path = /y } | LineageHas { Path = /z }
              when (t0,t1) in {10 01}

            """,
            plan.Describe().Replace("Domain = Path, ", "", StringComparison.Ordinal).Replace("Domain = Principal, ", "", StringComparison.Ordinal));
    }

    private static PlanPattern Pattern(string text)
    {
        List<string?> parts = [];
        foreach (var part in text.Split('*'))
        {
            parts.Add(part);
            parts.Add(null);
        }

        return new PlanPattern(parts.SkipLast(1));
    }
}
