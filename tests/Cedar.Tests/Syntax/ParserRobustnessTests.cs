using System.Text;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

/// <summary>Hostile and broken texts: the parser answers, with diagnostics inside the text, and never throws.</summary>
public sealed class ParserRobustnessTests
{
    private const string Sample = """
        // A sample that uses everything.
        @id("one") @flag
        permit (principal is User in Group::"g\u{1F600}", action in [Action::"a", Action::"b"], resource == ?resource)
        when { if principal has a.b then context["x y"].contains(-1) else !(1 + 2 * 3 <= 4) }
        unless { resource.path like "*/\*.x" || ip("10.0.0.1").isInRange(ip("::/0")) && {a: [1, "é"]}.a.isEmpty() };
        """;

    [Fact]
    public void Sample_CutAnywhere_Answers()
    {
        for (var length = 0; length < Sample.Length; length++)
        {
            AssertAnswers(Sample[..length], expectErrors: length > Sample.IndexOf('@', StringComparison.Ordinal) ? true : null);
        }

        AssertAnswers(Sample, expectErrors: false);
    }

    [Fact]
    public void Sample_WithoutOneCharacter_Answers()
    {
        for (var i = 0; i < Sample.Length; i++)
        {
            AssertAnswers(Sample.Remove(i, 1), expectErrors: null);
        }
    }

    [Fact]
    public void RandomTexts_Answer()
    {
        const int Seed = 20240607;
        string[] words =
        [
            "permit", "forbid", "(", ")", "[", "]", "{", "}", "principal", "action", "resource", "context", ",", ";", "when", "unless", "==", "in",
            "has", "like", "is", "if", "then", "else", "\"a\"", "1", "-", "!", "&&", "||", ".", "::", ":", "@", "?", "User", "ip", "contains", "=",
            "\"", "\\", "//", "\n", "+", "*", "<", "9999999999999999999999", "é", "\ud800", "\0",
        ];
        var random = new Random(Seed);
        for (var round = 0; round < 4_000; round++)
        {
            var text = new StringBuilder();
            var length = random.Next(60);
            for (var i = 0; i < length; i++)
            {
                text.Append(random.Next(8) == 0 ? ((char)random.Next(0x300)).ToString() : words[random.Next(words.Length)])
                    .Append(random.Next(2) == 0 ? " " : "");
            }

            AssertAnswers(text.ToString(), expectErrors: null);
        }
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("if true then ", " else true")]
    [InlineData("[1].contains(", ")")]
    [InlineData("ip(", ")")]
    [InlineData("(!", ")")]
    public void Nesting_IsLimited(string open, string close)
    {
        static string Nest(string open, string close, int depth) =>
            string.Concat(Enumerable.Repeat(open, depth)) + "true" + string.Concat(Enumerable.Repeat(close, depth));

        Assert.Empty(Parse(Nest(open, close, CedarParser.MaxNesting - 1)));
        Assert.Equal([CedarCodes.TooDeep], Parse(Nest(open, close, CedarParser.MaxNesting)));
        Assert.Contains(CedarCodes.TooDeep, Parse(Nest(open, close, 200_000)));
        Assert.Contains(CedarCodes.TooDeep, Parse(string.Concat(Enumerable.Repeat(open, 200_000))));
    }

    [Theory]
    [InlineData("true", " || true")]
    [InlineData("true", " && true")]
    [InlineData("1", " + 1")]
    [InlineData("1", " * 1")]
    [InlineData("context", ".a")]
    [InlineData("context", "[\"a\"]")]
    public void Chains_AreLimited(string first, string next)
    {
        static string Chain(string first, string next, int count) => first + string.Concat(Enumerable.Repeat(next, count));

        Assert.Empty(Parse(Chain(first, next, CedarParser.MaxDepth - 1)));
        Assert.Equal([CedarCodes.TooDeep], Parse(Chain(first, next, CedarParser.MaxDepth)));
        Assert.Equal([CedarCodes.TooDeep], Parse(Chain(first, next, 300_000)));
    }

    [Fact]
    public void WideTexts_AreNotLimited()
    {
        var list = string.Join(", ", Enumerable.Range(0, 50_000));
        Assert.Empty(Parse($"[{list}].contains(1)"));
    }

    [Fact]
    public void ManyPolicies_AreRead()
    {
        const string Policy = "permit (principal, action == Action::\"FileOpen\", resource in Dir::\"/srv\") when { context.n > 1 };\n";
        var parsed = CedarParser.Parse(new SourceText(string.Concat(Enumerable.Repeat(Policy, 100_000))));

        Assert.Empty(parsed.Diagnostics);
        Assert.Equal(100_000, parsed.Policies.Length);
        Assert.Equal("policy99999", parsed.Policies[^1].Id);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("a::")]
    [InlineData("@a ")]
    [InlineData(";")]
    [InlineData("\"")]
    [InlineData("\\\"")]
    [InlineData("\"\n")]
    [InlineData("}")]
    [InlineData("permit(")]
    [InlineData("permit(principal,action,resource)when{")]
    [InlineData("\\u{")]
    [InlineData("{\"a\":\"\\u{")]
    public void RepeatedTokens_AnswerInLinearTime(string token)
    {
        var text = string.Concat(Enumerable.Repeat(token, 100_000));
        var parsed = CedarParser.Parse(new SourceText(text));

        Assert.True(parsed.HasErrors);
        Assert.True(parsed.Diagnostics.Length <= DiagnosticSink.Limit + 1);
    }

    [Theory]
    [InlineData("\"\n\"\\u{1F600}\"", "\"a\" ")]
    [InlineData("permit (principal, action, resource) when { \"", "\\u{")]
    [InlineData("permit (principal == A::\"", "\\u{\\u{1")]
    [InlineData("// x\r\"\r\"", "\" \r")]
    public void HostileTexts_AnswerInLinearTime(string start, string repeated) =>
        AssertAnswers(start + string.Concat(Enumerable.Repeat(repeated, 400_000)) + "\" };", expectErrors: true);

    [Fact]
    public void ManyAnnotationsAndConditions_AnswerInLinearTime()
    {
        var annotations = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"@a{i} "));
        var conditions = string.Concat(Enumerable.Repeat(" when { true }", 100_000));
        var fields = string.Join(", ", Enumerable.Range(0, 100_000).Select(i => $"a{i}: {i}"));

        AssertAnswers($"{annotations}permit (principal, action, resource){conditions} when {{ {{{fields}}}.a1 == 1 }};", expectErrors: false);
    }

    [Fact]
    public void TooManyErrors_AreCutOff()
    {
        var diagnostics = CedarParser.Parse(new SourceText(string.Concat(Enumerable.Repeat("permit;", 2_000)))).Diagnostics;

        Assert.Equal(DiagnosticSink.Limit + 1, diagnostics.Length);
        Assert.Equal(CedarCodes.TooManyErrors, diagnostics[^1].Code);
        Assert.Equal("more than 1000 errors; the rest is not reported", diagnostics[^1].Message);
    }

    [Fact]
    public void TooLargeText_IsRefused()
    {
        var text = new SourceText(new string(' ', CedarParser.MaxLength + 1));

        Assert.Equal(CedarCodes.TooLarge, Assert.Single(CedarParser.Parse(text).Diagnostics).Code);
        Assert.Equal(CedarCodes.TooLarge, Assert.Single(CedarParser.ParseExpression(text).Diagnostics).Code);
    }

    private static IEnumerable<string> Parse(string expression) =>
        CedarParser.ParseExpression(new SourceText(expression)).Diagnostics.Select(d => d.Code);

    private static void AssertAnswers(string text, bool? expectErrors)
    {
        var source = new SourceText(text);
        var parsed = CedarParser.Parse(source);
        if (expectErrors is { } expected)
        {
            Assert.True(expected == parsed.HasErrors, text);
        }

        var renderer = new DiagnosticRenderer();
        foreach (var diagnostic in parsed.Diagnostics)
        {
            Assert.True(diagnostic.Span.Start >= 0 && diagnostic.Span.Length >= 0 && diagnostic.Span.End <= text.Length, text);
            Assert.NotEmpty(renderer.Render(diagnostic));
        }

        CedarParser.ParseExpression(source);
    }
}
