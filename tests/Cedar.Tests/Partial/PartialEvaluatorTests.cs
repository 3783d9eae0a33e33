using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Partial;

public sealed class PartialEvaluatorTests
{
    private static readonly EntityUid s_alice = new("User", "alice");
    private static readonly EntityUid s_bob = new("User", "bob");
    private static readonly EntityUid s_carol = new("User", "carol");
    private static readonly EntityUid s_group = new("Group", "g");

    // The principal is some user, the action is known, nothing is known of the resource; of the context `n` is 1, `u` is there, the rest open.
    // Alice is known, of bob the attribute `a` and that `b` is there, of carol nothing but that she exists. There is no one else.
    private static readonly PartialEvaluator s_evaluator = new(
        new PartialRequest(
            PartialUid.OfType("User"), new EntityUid("Action", "x"), PartialUid.Anything,
            new PartialRecord(Value.RecordOf(KeyValuePair.Create("n", (Value)1)), ["u"], true)),
        new PartialEntities(
            new EntityStore(new Entity(s_alice, Value.RecordOf(KeyValuePair.Create("a", (Value)1)), [s_group])),
            [
                new PartialEntity(
                    s_bob, new PartialRecord(Value.RecordOf(KeyValuePair.Create("a", (Value)2)), ["b"], false),
                    new PartialRecord(RecordValue.Empty, ["t"], false), [s_carol]),
                new PartialEntity(s_carol, PartialRecord.Anything, PartialRecord.Anything, null),
            ]));

    [Theory]
    [InlineData("1 + context.n", "2")]
    [InlineData("action == Action::\"x\"", "true")]
    [InlineData("principal is User", "true")]
    [InlineData("principal is Group", "false")]
    [InlineData("principal == Group::\"g\"", "false")]
    [InlineData("principal != Group::\"g\"", "true")]
    [InlineData("principal == \"alice\"", "false")]
    [InlineData("principal == principal && resource in resource", "true")]
    [InlineData("principal is Group in context.zzz", "false")]
    [InlineData("context has n && context has u", "true")]
    [InlineData("context has n.x", "expected record or entity, found long")]
    [InlineData("User::\"bob\".a", "2")]
    [InlineData("User::\"bob\" has b && !(User::\"bob\" has c)", "true")]
    [InlineData("User::\"bob\".c", "entity `User::\"bob\"` has no attribute `c`")]
    [InlineData("User::\"dave\".c", "entity `User::\"dave\"` does not exist")]
    [InlineData("User::\"bob\".hasTag(\"t\") && !User::\"bob\".hasTag(\"s\")", "true")]
    [InlineData("User::\"bob\".getTag(\"s\")", "entity `User::\"bob\"` has no tag `s`")]
    [InlineData("User::\"alice\" in Group::\"g\" && !(User::\"alice\" in Group::\"h\")", "true")]
    [InlineData("User::\"bob\" in User::\"carol\"", "true")]
    [InlineData("User::\"bob\" in [Group::\"g\", User::\"carol\"]", "true")]
    [InlineData("false && resource.a", "false")]
    [InlineData("true || resource.a", "true")]
    [InlineData("principal == resource && false", "false")]
    [InlineData("principal == resource || true", "true")]
    [InlineData("context.u == 1 && false", "false")]
    [InlineData("if principal == resource then 1 else 1", "1")]
    [InlineData("resource.a + (1 + true)", "expected long, found bool")]
    [InlineData("[resource.a, 1 + true]", "expected long, found bool")]
    [InlineData("resource in 1", "expected entity or set of entities, found long")]
    [InlineData("resource.a in [1]", "expected set of entities, found long")]
    [InlineData("1 in resource", "expected entity, found long")]
    [InlineData("true.contains(resource)", "expected set, found bool")]
    [InlineData("resource.getTag(1)", "expected string, found long")]
    public void Known_IsComputed(string text, string expected)
    {
        var result = Evaluate(text);

        Assert.Null(result.Residual);
        Assert.Equal(expected, result.Error?.Message ?? result.Value!.ToString());
    }

    [Theory]
    [InlineData("principal", "Principal")]
    [InlineData("principal == User::\"alice\" && context.n == 1", "Equal(Principal, User::\"alice\")")]
    [InlineData("context.n == 1 && principal == User::\"alice\"", "Equal(Principal, User::\"alice\")")]
    [InlineData("false || principal in Group::\"g\"", "In(Principal, Group::\"g\")")]
    [InlineData("principal is User in Group::\"g\"", "In(Principal, Group::\"g\")")]
    [InlineData("resource is User in principal", "Is(Resource, User, Principal)")]
    [InlineData("context.u + context.n", "Add(Get(Context, \"u\"), 1)")]
    [InlineData("context.zzz", "Get(Context, \"zzz\")")]
    [InlineData("context has zzz", "Has(Context, zzz)")]
    [InlineData("context has u.x", "Has(Context, u.x)")]
    [InlineData("User::\"bob\".b", "Get(User::\"bob\", \"b\")")]
    [InlineData("User::\"carol\" has b", "Has(User::\"carol\", b)")]
    [InlineData("User::\"carol\".getTag(\"t\")", "GetTag(User::\"carol\", \"t\")")]
    [InlineData("User::\"bob\" in Group::\"g\"", "In(User::\"bob\", Group::\"g\")")]
    [InlineData("User::\"alice\" in [principal, User::\"bob\"]", "In(User::\"alice\", [Principal, User::\"bob\"])")]
    [InlineData("User::\"carol\" in [Group::\"g\", Group::\"h\"]", "In(User::\"carol\", [Group::\"g\", Group::\"h\"])")]
    [InlineData("resource.a && false", "And(Get(Resource, \"a\"), false)")]
    [InlineData("resource.a || true", "Or(Get(Resource, \"a\"), true)")]
    [InlineData("true && resource.a", "And(true, Get(Resource, \"a\"))")]
    [InlineData("context.zzz == 1 && false", "And(Equal(Get(Context, \"zzz\"), 1), false)")]
    [InlineData("principal == resource && 1 + true == 2", "And(Equal(Principal, Resource), Equal(Add(1, true), 2))")]
    [InlineData("if principal == resource then context.n else 1 + true", "If(Equal(Principal, Resource), 1, Add(1, true))")]
    [InlineData("principal == resource && 1", "And(Equal(Principal, Resource), 1)")]
    [InlineData("!(principal == resource)", "Not(Equal(Principal, Resource))")]
    [InlineData("principal.a like \"x*\"", "Like(Get(Principal, \"a\"), \"x*\")")]
    [InlineData("{a: principal, b: context.n}", "{a: Principal, b: 1}")]
    [InlineData("[ip(\"10.0.0.1\"), principal.ip]", "[ip(\"10.0.0.1\"), Get(Principal, \"ip\")]")]
    [InlineData("principal.ip.isInRange(ip(\"10.0.0.0/8\"))", ".isInRange(Get(Principal, \"ip\"), ip(\"10.0.0.0/8\"))")]
    [InlineData("[datetime(\"2024-01-02\"), principal.ip]", "[datetime(\"2024-01-02\"), Get(Principal, \"ip\")]")]
    [InlineData("datetime(\"2024-01-02\").offset(duration(\"1d\")) < principal.t", "Less(datetime(\"2024-01-03\"), Get(Principal, \"t\"))")]
    [InlineData("[context.n, 2].contains(principal.n)", "Contains([1, 2], Get(Principal, \"n\"))")]
    [InlineData("principal == {a: -1, b: [true]}", "Equal(Principal, {a: -1, b: [true]})")]
    public void Unknown_IsLeft(string text, string expected)
    {
        var result = Evaluate(text);

        Assert.NotNull(result.Residual);
        Assert.Equal(expected, TreeText.Of(result.Residual));
    }

    [Fact]
    public void EverythingKnown_EvaluatesAsUsual()
    {
        var request = new Request(s_alice, s_alice, s_alice, RecordValue.Empty);
        var evaluator = new PartialEvaluator(PartialRequest.Of(request), new PartialEntities(EntityStore.Empty));

        Assert.Equal(Value.SetOf(s_alice, RecordValue.Empty), evaluator.Evaluate(Parse("[principal, action, resource, context]")).Value);
    }

    [Fact]
    public void OpenEntities_MayExist()
    {
        var evaluator = new PartialEvaluator(
            PartialRequest.Of(new Request(s_alice, s_alice, s_alice, RecordValue.Empty)), PartialEntities.Anything);

        Assert.Equal("Has(User::\"alice\", a)", TreeText.Of(evaluator.Evaluate(Parse("principal has a")).Residual!));
        Assert.Equal("In(User::\"alice\", Group::\"g\")", TreeText.Of(evaluator.Evaluate(Parse("principal in Group::\"g\"")).Residual!));
        Assert.Equal(true, evaluator.Evaluate(Parse("principal in resource")).Value);
    }

    [Theory]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\"))")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\"))")]
    [InlineData("datetime(\"0000-01-01\").offset(duration(\"-1ms\"))")]
    [InlineData("duration(\"-9223372036854775808ms\")")]
    [InlineData("decimal(\"-922337203685477.5808\")")]
    [InlineData("ip(\"ffff::/77\")")]
    [InlineData("-9223372036854775808")]
    [InlineData("{a: [\"\\0\\u{10ffff}\\*\", User::\"\\\"\"], \"if\": {}}")]
    public void Value_IsWrittenAsAnExpressionThatHasIt(string text)
    {
        var value = Evaluator.EvaluateClosed(Parse(text.Replace("\\*", "*", StringComparison.Ordinal))).Value!;

        Assert.Equal(value, Evaluator.EvaluateClosed(ValueExpression.Of(value, default)).Value);
    }

    [Fact]
    public void DeepExpression_IsLeftAsItIs()
    {
        Expr deep = new Expr.Literal(true, default);
        for (var i = 0; i < 1_000_000; i++)
        {
            deep = new Expr.Unary(UnaryOperator.Not, deep, default);
        }

        Assert.NotNull(s_evaluator.Evaluate(deep).Residual);
    }

    private static PartialResult Evaluate(string text) => s_evaluator.Evaluate(Parse(text));

    private static Expr Parse(string text)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Expression!;
    }
}
