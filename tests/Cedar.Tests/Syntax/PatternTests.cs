using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

public sealed class PatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything\n", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("a", "ba", false)]
    [InlineData("a*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("ab*bc", "abc", false)]
    [InlineData("*ab*ab*", "ab", false)]
    [InlineData("*ab*ab*", "xabxabx", true)]
    [InlineData("a*b*c", "acbbc", true)]
    [InlineData("a*b*c", "accc", false)]
    [InlineData("*/.github/*", "/w/.github/x", true)]
    [InlineData("*/.github/*", "/w/.github", false)]
    [InlineData("*aab", "aaab", true)]
    [InlineData("A*", "abc", false)]
    [InlineData("*é*", "cafés", true)]
    public void Pattern_MatchesWholeText(string pattern, string text, bool matches) => Assert.Equal(matches, Parse(pattern).Matches(text));

    [Fact]
    public void ManyWildcards_DoNotBlowUp()
    {
        var pattern = Parse(string.Concat(Enumerable.Repeat("a*", 2_000)) + "b");

        Assert.False(pattern.Matches(new string('a', 100_000)));
    }

    [Fact]
    public void RandomPatterns_AgreeWithTheDefinition()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = RandomText(random, "ab*");
            var text = RandomText(random, "ab");
            Assert.True(Define(pattern, text) == Parse(pattern).Matches(text), $"{pattern} on {text}");
        }
    }

    [Fact]
    public void Equality_IsOfNormalForms()
    {
        Pattern built = new([PatternElement.Wildcard, new("a"), new(""), new("b"), PatternElement.Wildcard, PatternElement.Wildcard]);

        Assert.Equal(Parse("**ab*"), built);
        Assert.Equal(Parse("*ab*").GetHashCode(), built.GetHashCode());
        Assert.NotEqual(Parse("ab*"), built);
        Assert.False(built.Equals((object?)null));
    }

    [Fact]
    public void ToString_IsCedarSyntax()
    {
        Assert.Equal("\"*a\\*\\n\\\"\"", new Pattern([PatternElement.Wildcard, new("a*\n\"")]).ToString());
        Assert.Equal("\"a\\*b\"", Pattern.Exactly("a*b").ToString());
        Assert.True(Pattern.Exactly("a*b").Matches("a*b"));
    }

    private static Pattern Parse(string pattern) => ((Expr.Like)CedarParser.ParseExpression(new SourceText($"\"\" like \"{pattern}\"")).Expression!).Pattern;

    private static string RandomText(Random random, string alphabet) =>
        string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => alphabet[random.Next(alphabet.Length)]));

    private static bool Define(string pattern, string text) =>
        pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? Enumerable.Range(0, text.Length + 1).Any(i => Define(pattern[1..], text[i..]))
        : text.Length > 0 && text[0] == pattern[0] && Define(pattern[1..], text[1..]);
}
