using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Formatting;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Formatting;

public sealed class CedarPrinterTests
{
    private static readonly Expr s_one = new Expr.Literal(1, default);

    [Theory]
    [InlineData("1 + 2 * 3 - 4")]
    [InlineData("(1 + 2) * 3")]
    [InlineData("1 - (2 - 3)")]
    [InlineData("1 * (2 * 3)")]
    [InlineData("true && false || true && false")]
    [InlineData("true && (false || true)")]
    [InlineData("true && (false && true)")]
    [InlineData("true || (false || true)")]
    [InlineData("1 == 2 && (1 == 2) == true")]
    [InlineData("(1 in 2) in 3")]
    [InlineData("(principal has a) == (principal like \"*\\*\\\"\")")]
    [InlineData("1 + (if true then 1 else if false then 2 else 3)")]
    [InlineData("if if true then true else false then 1 else 2")]
    [InlineData("(if true then principal else resource).a")]
    [InlineData("!!!!true")]
    [InlineData("!!!!(!true)")]
    [InlineData("!(-1)")]
    [InlineData("!1")]
    [InlineData("!(true && false)")]
    [InlineData("-(1)")]
    [InlineData("-(-1)")]
    [InlineData("--(1)")]
    [InlineData("-context.a - -1")]
    [InlineData("-1.a")]
    [InlineData("(-1).a")]
    [InlineData("(-1)[\"if\"][\"\\n\"].b")]
    [InlineData("-9223372036854775808")]
    [InlineData("(1 + 2).lessThan(3)")]
    [InlineData("[1, [], {}, {a: 1, \"b c\": 2, \"in\": 3}].contains(if true then 1 else 2)")]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"a\").containsAll([]) && [].isEmpty()")]
    [InlineData("principal is A::B in resource || principal is C")]
    [InlineData("principal has a.b.c && context has \"a b\"")]
    [InlineData("ip(\"10.0.0.1\").isInRange(ip(\"10.0.0.0/8\"))")]
    [InlineData("A::B::\"x\\0\".a")]
    public void Expression_ReadsBackAsTheSameTree(string text)
    {
        var tree = Parse(text);

        var printed = CedarPrinter.Print(tree);

        Assert.Equal(TreeText.Of(tree), TreeText.Of(Parse(printed)));
        Assert.Equal(text, printed);
    }

    [Theory]
    [InlineData("((((principal.a) == (1))) && (!((context).b)))", "principal.a == 1 && !context.b")]
    [InlineData("((1 + 2) + (3 * 4))", "1 + 2 + 3 * 4")]
    [InlineData("--1", "-(-1)")]
    [InlineData("!!(!true)", "!!!true")]
    [InlineData("context[\"a\"].b", "context.a.b")]
    [InlineData("{\"a\": [1,],}", "{a: [1]}")]
    [InlineData("principal has \"a\"", "principal has a")]
    public void NeedlessParenthesesAndQuotes_AreLeftOut(string text, string expected) => Assert.Equal(expected, CedarPrinter.Print(Parse(text)));

    [Fact]
    public void ValuesThatNoLiteralHas_AreWrittenAsExpressions()
    {
        Assert.True(DecimalValue.TryParse("1.5", out var number));
        var value = Value.RecordOf(KeyValuePair.Create("a b", (Value)Value.SetOf(number, Value.Of(-1))));

        Assert.Equal("{\"a b\": [decimal(\"1.5\"), -1]}", CedarPrinter.Print(new Expr.Literal(value, default)));
    }

    [Fact]
    public void AnyDepth_IsWritten()
    {
        var tree = s_one;
        for (var i = 0; i < 100_000; i++)
        {
            tree = i % 2 == 0 ? new Expr.And(s_one, tree, default) : new Expr.Unary(UnaryOperator.Not, tree, default);
        }

        Assert.StartsWith("!(1 && !(1 && ", CedarPrinter.Print(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_IsLaidOut()
    {
        const string Text = """
            @id("x\"y")
            @note
            permit (
              principal is A in B::"b",
              action in [Action::"a", Action::"b"],
              resource == ?resource
            )
            when { 1 == 2 }
            unless { context.a };

            """;

        Assert.Equal(Text, CedarPrinter.Print(CedarParser.Parse(new SourceText(Text)).Policies[0]));
    }

    [Fact]
    public void PolicySet_LinkedPolicyHasItsEntities()
    {
        var parsed = CedarParser.Parse(new SourceText("forbid (principal, action, resource); permit (principal in ?principal, action, resource);"));
        var builder = new PolicySet(parsed.Policies).ToBuilder();
        Assert.Null(builder.Link("policy1", "linked", new SlotValues(new EntityUid("A", "a"))));

        Assert.Equal(
            """
            permit (
              principal in ?principal,
              action,
              resource
            );

            forbid (principal, action, resource);

            permit (
              principal in A::"a",
              action,
              resource
            );

            """,
            CedarPrinter.Print(builder.ToPolicySet()));
    }

    [Fact]
    public void TooDeepForAText_StaysOnOneLine()
    {
        var tree = s_one;
        for (var i = 0; i < 200; i++)
        {
            tree = new Expr.Set([tree], default);
        }

        var policy = CedarParser.Parse(new SourceText("permit (principal, action, resource);")).Policies[0];

        var printed = CedarPrinter.Print(policy with { Conditions = [new Condition(false, tree, default)] });

        Assert.StartsWith("permit (principal, action, resource) when { [[[", printed, StringComparison.Ordinal);
        Assert.Equal(ImmutableArray.Create(printed.Length - 1), [.. Enumerable.Range(0, printed.Length).Where(i => printed[i] == '\n')]);
    }

    private static Expr Parse(string text)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Expression!;
    }
}
