using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("a::b::\"x\\n\"", "a::b::\"x\\n\"")]
    [InlineData("User :: \"a\"", "User::\"a\"")]
    [InlineData("principal::\"x\"", "principal::\"x\"")]
    [InlineData("1 + 2 * 3 - 4", "Subtract(Add(1, Multiply(2, 3)), 4)")]
    [InlineData("a::\"1\" == b::\"2\" && true || false", "Or(And(Equal(a::\"1\", b::\"2\"), true), false)")]
    [InlineData("true || false && true", "Or(true, And(false, true))")]
    [InlineData("true && (false || true)", "And(true, Or(false, true))")]
    [InlineData("!principal.x", "Not(Get(Principal, \"x\"))")]
    [InlineData("-1", "-1")]
    [InlineData("--1", "Negate(-1)")]
    [InlineData("-1.a", "Negate(Get(1, \"a\"))")]
    [InlineData("(-1).a", "Get(-1, \"a\")")]
    [InlineData("-context.n", "Negate(Get(Context, \"n\"))")]
    [InlineData("context.x", "Get(Context, \"x\")")]
    [InlineData("context[\"x y\"]", "Get(Context, \"x y\")")]
    [InlineData("principal.lineage.contains(\"x\")", "Contains(Get(Principal, \"lineage\"), \"x\")")]
    [InlineData("context.ip.isInRange(ip(\"10.0.0.0/8\"))", ".isInRange(Get(Context, \"ip\"), ip(\"10.0.0.0/8\"))")]
    [InlineData("[1, [2],].isEmpty()", ".isEmpty([1, [2]])")]
    [InlineData("{a: 1, \"b c\": {},}", "{a: 1, b c: {}}")]
    [InlineData("if true then 1 else if false then 2 else 3", "If(true, 1, If(false, 2, 3))")]
    [InlineData("principal has a.b.c", "Has(Principal, a.b.c)")]
    [InlineData("principal has \"a b\"", "Has(Principal, a b)")]
    [InlineData("resource.path like \"*/\\*.x**\"", "Like(Get(Resource, \"path\"), \"*/\\*.x*\")")]
    [InlineData("principal is A::B", "Is(Principal, A::B)")]
    [InlineData("principal is A in B::\"c\"", "Is(Principal, A, B::\"c\")")]
    [InlineData("principal in [A::\"a\", B::\"b\"]", "In(Principal, [A::\"a\", B::\"b\"])")]
    [InlineData("principal.hasTag(\"a\") && principal.getTag(\"a\") == 1", "And(HasTag(Principal, \"a\"), Equal(GetTag(Principal, \"a\"), 1))")]
    [InlineData("1 // one\n + // plus\n 2", "Add(1, 2)")]
    public void Text_ParsesTo(string text, string tree)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));

        Assert.Empty(parsed.Diagnostics);
        Assert.Equal(tree, TreeText.Of(parsed.Expression!));
    }

    [Fact]
    public void Spans_CoverExactlyWhatWasWritten()
    {
        const string Text = " (principal.a) == [1, -2].contains(3)  && x::\"y\" like \"z\" ";
        var and = Assert.IsType<Expr.And>(CedarParser.ParseExpression(new SourceText(Text)).Expression);
        var equal = Assert.IsType<Expr.Binary>(and.Left);
        var contains = Assert.IsType<Expr.Binary>(equal.Right);
        var set = Assert.IsType<Expr.Set>(contains.Left);
        string At(Expr e) => Text.Substring(e.Span.Start, e.Span.Length);

        Assert.Equal(Text.Trim(), At(and));
        Assert.Equal("(principal.a) == [1, -2].contains(3)", At(equal));
        Assert.Equal("principal.a", At(equal.Left));
        Assert.Equal("[1, -2].contains(3)", At(contains));
        Assert.Equal("[1, -2]", At(set));
        Assert.Equal("-2", At(set.Elements[1]));
        Assert.Equal("x::\"y\" like \"z\"", At(and.Right));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void HalfOfASurrogatePair_IsReported(int which)
    {
        // Attributes cannot hold such strings.
        var (text, half) = which switch
        {
            0 => ("\"a\ud83eb\"", "\ud83e"),
            1 => ("\"a\udd8a\" like \"*\"", "\udd8a"),
            _ => ("\"a\" like \"🦊\ud83e\"", "\ud83e"),
        };
        var diagnostic = Assert.Single(CedarParser.ParseExpression(new SourceText(text)).Diagnostics);
        Assert.Equal((CedarCodes.InvalidEscape, "half of a surrogate pair in a string literal"), (diagnostic.Code, diagnostic.Message));
        Assert.Equal(half, text.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
    }

    [Theory]
    [InlineData("", "CEDAR0001", "expected an expression, found the end of the text", "")]
    [InlineData("1 2", "CEDAR0001", "expected an operator or the end of the expression, found `2`", "2")]
    [InlineData("(1", "CEDAR0001", "expected an operator or `)`, found the end of the text", "")]
    [InlineData("[1 2]", "CEDAR0001", "expected `,` or `]`, found `2`", "2")]
    [InlineData("[,]", "CEDAR0001", "expected an expression, found `,`", ",")]
    [InlineData("{1: 2}", "CEDAR0001", "expected the name of a field, found `1`", "1")]
    [InlineData("if true then 1", "CEDAR0001", "expected an operator or `else`, found the end of the text", "")]
    [InlineData("true && if true then 1 else 2", "CEDAR0001", "expected an operand, found `if`", "if")]
    [InlineData("context[n]", "CEDAR0001", "expected the name of an attribute, a string literal, found `n`", "n")]
    [InlineData("\"a\" like principal", "CEDAR0001", "expected a pattern, which is a string literal, found `principal`", "principal")]
    [InlineData("!-1", "CEDAR0001", "expected an operand, found `-`", "-")]
    [InlineData("a::b", "CEDAR0001", "expected `::`, found the end of the text", "")]
    [InlineData("1 & 2", "CEDAR0002", "unexpected character `&`", "&")]
    [InlineData("'a'", "CEDAR0002", "unexpected character `'`", "'")]
    [InlineData("é", "CEDAR0002", "unexpected character `é`", "é")]
    [InlineData("\"abc", "CEDAR0003", "string literal has no closing quote", "\"abc")]
    [InlineData("\"a\\qb\"", "CEDAR0004", "invalid escape `\\q`", "\\q")]
    [InlineData("\"\\x4\"", "CEDAR0004", "invalid escape `\\x`", "\\x")]
    [InlineData("\"\\x80\"", "CEDAR0004", "escape `\\x80` is out of range", "\\x80")]
    [InlineData("\"\\u41\"", "CEDAR0004", "invalid escape `\\u`", "\\u")]
    [InlineData("\"\\u{41\"", "CEDAR0004", "invalid escape `\\u{`", "\\u")]
    [InlineData("\"\\u{}\"", "CEDAR0004", "invalid escape `\\u{…}`", "\\u{}")]
    [InlineData("\"\\u{1234567}\"", "CEDAR0004", "invalid escape `\\u{…}`", "\\u{1234567}")]
    [InlineData("\"\\u{d800}\"", "CEDAR0004", "escape `\\u{d800}` names no character", "\\u{d800}")]
    [InlineData("\"a\\*b\"", "CEDAR0004", "invalid escape `\\*`", "\\*")]
    [InlineData("\"a\rb\"", "CEDAR0004", "carriage return in a string literal", "\r")]
    [InlineData("9223372036854775808", "CEDAR0005", "integer literal is out of range", "9223372036854775808")]
    [InlineData("-9223372036854775809", "CEDAR0005", "integer literal is out of range", "-9223372036854775809")]
    [InlineData("99999999999999999999999", "CEDAR0005", "integer literal is out of range", "99999999999999999999999")]
    [InlineData("context.in", "CEDAR0006", "`in` is a reserved word", "in")]
    [InlineData("context has is", "CEDAR0006", "`is` is a reserved word", "is")]
    [InlineData("{then: 1}", "CEDAR0006", "`then` is a reserved word", "then")]
    [InlineData("__cedar::\"x\"", "CEDAR0006", "`__cedar` is a reserved word", "__cedar")]
    [InlineData("A::like::\"x\"", "CEDAR0006", "`like` is a reserved word", "like")]
    [InlineData("ipp(\"::\")", "CEDAR0007", "unknown function `ipp`", "ipp")]
    [InlineData("A::ip(\"::\")", "CEDAR0007", "unknown function `A::ip`", "A::ip")]
    [InlineData("[1].contians(1)", "CEDAR0008", "unknown method `contians`", "contians")]
    [InlineData("[1].contains()", "CEDAR0009", "`contains` takes one argument, not 0", "[1].contains()")]
    [InlineData("[1].isEmpty(1)", "CEDAR0009", "`isEmpty` takes no argument, not 1", "[1].isEmpty(1)")]
    [InlineData("1 < 2 < 3", "CEDAR0010", "`<` follows another comparison", "<")]
    [InlineData("principal has a == true", "CEDAR0010", "`==` follows another comparison", "==")]
    [InlineData("!!!!!true", "CEDAR0011", "more than 4 `!` in a row", "!!!!!")]
    [InlineData("-----1", "CEDAR0011", "more than 4 `-` in a row", "-----")]
    [InlineData("{a: 1, \"a\": 2}", "CEDAR0012", "field `a` is given twice", "\"a\"")]
    [InlineData("?principal", "CEDAR0016", "a slot cannot stand in a condition", "?principal")]
    [InlineData("princpal", "CEDAR0017", "unknown variable `princpal`", "princpal")]
    [InlineData("1 = 1", "CEDAR0018", "`=` is not an operator", "=")]
    [InlineData("4 / 2", "CEDAR0018", "`/` is not an operator", "/")]
    [InlineData("4 % 2", "CEDAR0018", "`%` is not an operator", "%")]
    [InlineData("isIpv4(ip(\"::\"))", "CEDAR0019", "`isIpv4` is a method, not a function", "isIpv4")]
    [InlineData("\"::\".ip()", "CEDAR0019", "`ip` is a function, not a method", "ip")]
    public void Mistake_IsReportedWhereItIs(string text, string code, string message, string place)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));

        var first = parsed.Diagnostics[0];
        Assert.Equal((code, message), (first.Code, first.Message));
        Assert.Equal(place, text.Substring(first.Span.Start, first.Span.Length));
        Assert.Null(parsed.Expression);
    }

    [Theory]
    [InlineData("ipp(\"::\")", "did you mean `ip`?")]
    [InlineData("[1].contians(1)", "did you mean `contains`?")]
    [InlineData("[1].ContainsALL([1])", "did you mean `containsAll`?")]
    [InlineData("princpal", "did you mean `principal`?")]
    [InlineData("zzz", "a string is written `\"zzz\"`, an entity `zzz::\"id\"`")]
    [InlineData("1 = 1", "use `==`")]
    [InlineData("1 & 1", "the operator is `&&`")]
    public void Mistake_HasHelp(string text, string help) =>
        Assert.Equal(help, CedarParser.ParseExpression(new SourceText(text)).Diagnostics[0].Help);
}
