using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EntityUid s_alice = new("User", "alice");

    private static readonly Request s_request = new(
        s_alice,
        new EntityUid("Action", "view"),
        new EntityUid("Photo", "p"),
        Value.RecordOf(new("n", 5), new("set", Value.SetOf(1, 2, 3)), new("x y", "spaced")));

    private static readonly EntityStore s_entities = new(
        new Entity(
            s_alice,
            Value.RecordOf(
                new("n", 1),
                new("name", "alice"),
                new("friend", s_alice),
                new("r", Value.RecordOf(new KeyValuePair<string, Value>("q", Value.RecordOf(new KeyValuePair<string, Value>("z", 1)))))),
            Value.RecordOf(new KeyValuePair<string, Value>("t", "v")),
            [new EntityUid("Group", "near")]),
        new Entity(new EntityUid("Group", "near"), RecordValue.Empty, [new EntityUid("Group", "far")]));

    [Theory]
    // Equality: by value, never an error, false across kinds.
    [InlineData("1 == 1", "true")]
    [InlineData("1 == \"1\"", "false")]
    [InlineData("1 != \"1\"", "true")]
    [InlineData("true == 1", "false")]
    [InlineData("principal == User::\"alice\"", "true")]
    [InlineData("principal == User::\"bob\"", "false")]
    [InlineData("principal == Group::\"alice\"", "false")]
    [InlineData("[1, 2, 2] == [2, 1]", "true")]
    [InlineData("[1] == [1, \"1\"]", "false")]
    [InlineData("[[1], [2]] == [[2], [1]]", "true")]
    [InlineData("{a: 1, b: 2} == {\"b\": 2, a: 1}", "true")]
    [InlineData("{a: 1} == {b: 1}", "false")]
    [InlineData("{a: 1} == {a: 1, b: 1}", "false")]
    [InlineData("ip(\"::1\") == ip(\"::1/128\")", "true")]
    [InlineData("ip(\"1.2.3.4/24\") == ip(\"1.2.3.0/24\")", "false")]
    [InlineData("decimal(\"1.0\") == decimal(\"1.0000\")", "true")]
    // Integers.
    [InlineData("1 < 2", "true")]
    [InlineData("2 < 2", "false")]
    [InlineData("2 <= 2", "true")]
    [InlineData("3 <= 2", "false")]
    [InlineData("3 > 2", "true")]
    [InlineData("2 > 2", "false")]
    [InlineData("2 >= 2", "true")]
    [InlineData("1 >= 2", "false")]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("1 - 1 - 1", "-1")]
    [InlineData("1--2", "3")]
    [InlineData("1 * -2", "-2")]
    [InlineData("007", "7")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("----1", "1")]
    [InlineData("-principal.n", "-1")]
    // Booleans, short circuits.
    [InlineData("!true", "false")]
    [InlineData("!!!!true", "true")]
    [InlineData("true && false", "false")]
    [InlineData("true && true", "true")]
    [InlineData("false && 1", "false")]
    [InlineData("false && principal.missing", "false")]
    [InlineData("true || 1", "true")]
    [InlineData("false || true", "true")]
    [InlineData("false || false", "false")]
    [InlineData("true || false && false", "true")]
    [InlineData("if true then 1 else 1 + \"a\"", "1")]
    [InlineData("if false then 1 + \"a\" else 2", "2")]
    // Sets.
    [InlineData("context.set.contains(1)", "true")]
    [InlineData("context.set.contains(\"1\")", "false")]
    [InlineData("context.set.containsAll([1, 3])", "true")]
    [InlineData("context.set.containsAll([1, 4])", "false")]
    [InlineData("context.set.containsAll([])", "true")]
    [InlineData("context.set.containsAny([9, 3])", "true")]
    [InlineData("context.set.containsAny([9])", "false")]
    [InlineData("context.set.containsAny([])", "false")]
    [InlineData("[].isEmpty()", "true")]
    [InlineData("context.set.isEmpty()", "false")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].contains(10)", "true")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].contains(11)", "false")]
    // Hierarchy.
    [InlineData("principal in principal", "true")]
    [InlineData("principal in Group::\"near\"", "true")]
    [InlineData("principal in Group::\"far\"", "true")]
    [InlineData("principal in Group::\"other\"", "false")]
    [InlineData("Group::\"near\" in principal", "false")]
    [InlineData("principal in [Group::\"other\", Group::\"far\"]", "true")]
    [InlineData("principal in []", "false")]
    [InlineData("User::\"nobody\" in User::\"nobody\"", "true")]
    [InlineData("User::\"nobody\" in Group::\"near\"", "false")]
    [InlineData("principal is User", "true")]
    [InlineData("principal is Group", "false")]
    [InlineData("principal is User in Group::\"far\"", "true")]
    [InlineData("principal is User in [Group::\"other\"]", "false")]
    [InlineData("principal is Group in 1", "false")]
    // Attributes and tags.
    [InlineData("context.n", "5")]
    [InlineData("context[\"x y\"]", "\"spaced\"")]
    [InlineData("principal.friend.friend.name", "\"alice\"")]
    [InlineData("principal[\"r\"].q[\"z\"]", "1")]
    [InlineData("principal has n", "true")]
    [InlineData("principal has missing", "false")]
    [InlineData("principal has r.q.z", "true")]
    [InlineData("principal has r.q.y", "false")]
    [InlineData("principal has r.y.z", "false")]
    [InlineData("principal has friend.r.q", "true")]
    [InlineData("context has \"x y\"", "true")]
    [InlineData("User::\"nobody\" has n", "false")]
    [InlineData("principal.hasTag(\"t\")", "true")]
    [InlineData("principal.hasTag(\"u\")", "false")]
    [InlineData("User::\"nobody\".hasTag(\"t\")", "false")]
    [InlineData("principal.getTag(\"t\")", "\"v\"")]
    // Strings and patterns.
    [InlineData("\"abc\" like \"a*c\"", "true")]
    [InlineData("\"abc\" like \"b*\"", "false")]
    [InlineData("\"\" like \"*\"", "true")]
    [InlineData("\"a*b\" like \"a\\*b\"", "true")]
    [InlineData("\"axb\" like \"a\\*b\"", "false")]
    [InlineData("\"axb\" like \"a\\x2ab\"", "true")]
    [InlineData("\"\\u{1F600}\" == \"😀\"", "true")]
    [InlineData("\"\\x41\\u{4_2}\"", "\"AB\"")]
    [InlineData("\"a\nb\" == \"a\\nb\"", "true")]
    // Extension functions.
    [InlineData("ip(\"10.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))", "true")]
    [InlineData("ip(\"11.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))", "false")]
    [InlineData("ip(\"1.2.3.4\").isIpv4()", "true")]
    [InlineData("ip(\"1.2.3.4\").isIpv6()", "false")]
    [InlineData("ip(\"127.0.0.1\").isLoopback()", "true")]
    [InlineData("ip(\"224.0.0.1\").isMulticast()", "true")]
    [InlineData("decimal(\"1.1\").lessThan(decimal(\"1.2\"))", "true")]
    [InlineData("decimal(\"1.2\").lessThan(decimal(\"1.2\"))", "false")]
    [InlineData("decimal(\"1.2\").lessThanOrEqual(decimal(\"1.2\"))", "true")]
    [InlineData("decimal(\"1.3\").greaterThan(decimal(\"1.2\"))", "true")]
    [InlineData("decimal(\"1.2\").greaterThanOrEqual(decimal(\"1.3\"))", "false")]
    [InlineData("datetime(\"2024-10-15\") == datetime(\"2024-10-15T00:00:00Z\")", "true")]
    [InlineData("datetime(\"2024-10-15\") < datetime(\"2024-10-15T00:00:00.001Z\")", "true")]
    [InlineData("datetime(\"2024-10-15\") <= datetime(\"2024-10-15\")", "true")]
    [InlineData("datetime(\"2024-10-15\") > datetime(\"2024-10-15\")", "false")]
    [InlineData("datetime(\"2024-10-15\") >= datetime(\"2024-10-15\")", "true")]
    [InlineData("duration(\"1d\") < duration(\"25h\")", "true")]
    [InlineData("duration(\"1d\") == duration(\"24h\")", "true")]
    [InlineData("duration(\"1d\") == datetime(\"1970-01-02\")", "false")]
    [InlineData("datetime(\"2024-10-15\").offset(duration(\"-1ms\"))", "datetime(\"2024-10-14T23:59:59.999Z\")")]
    [InlineData("datetime(\"1960-10-15\").offset(duration(\"9223372036854775807ms\")) < datetime(\"2024-10-15\")", "false")]
    [InlineData("datetime(\"2024-10-15\").durationSince(datetime(\"2024-10-16\"))", "duration(\"-86400000ms\")")]
    [InlineData("datetime(\"1969-12-31T23:59:59.999Z\").toDate()", "datetime(\"1969-12-31\")")]
    [InlineData("datetime(\"1969-12-31T23:59:59.999Z\").toTime()", "duration(\"86399999ms\")")]
    [InlineData("datetime(\"1969-12-31\").toTime()", "duration(\"0ms\")")]
    [InlineData("duration(\"-1999ms\").toMilliseconds()", "-1999")]
    [InlineData("duration(\"-1999ms\").toSeconds()", "-1")]
    [InlineData("duration(\"-1999ms\").toMinutes()", "0")]
    [InlineData("duration(\"-25h\").toHours()", "-25")]
    [InlineData("duration(\"-25h\").toDays()", "-1")]
    public void Expression_HasValue(string text, string expected)
    {
        var result = Evaluator.Evaluate(Parse(text), s_request, s_entities);

        Assert.Null(result.Error);
        Assert.Equal(expected, result.Value!.ToString());
    }

    [Theory]
    [InlineData("1 && true", EvaluationErrorKind.TypeMismatch, "expected bool, found long", "1")]
    [InlineData("true && 1", EvaluationErrorKind.TypeMismatch, "expected bool, found long", "1")]
    [InlineData("\"a\" || true", EvaluationErrorKind.TypeMismatch, "expected bool, found string", "\"a\"")]
    [InlineData("false || [1]", EvaluationErrorKind.TypeMismatch, "expected bool, found set", "[1]")]
    [InlineData("if {} then 1 else 2", EvaluationErrorKind.TypeMismatch, "expected bool, found record", "{}")]
    [InlineData("!1", EvaluationErrorKind.TypeMismatch, "expected bool, found long", "1")]
    [InlineData("-\"a\"", EvaluationErrorKind.TypeMismatch, "expected long, found string", "\"a\"")]
    [InlineData("1 < \"2\"", EvaluationErrorKind.TypeMismatch, "expected long, found string", "\"2\"")]
    [InlineData("true + 1", EvaluationErrorKind.TypeMismatch, "expected long, found bool", "true")]
    [InlineData("decimal(\"1.0\") < decimal(\"2.0\")", EvaluationErrorKind.TypeMismatch, "expected long, datetime or duration, found decimal", "decimal(\"1.0\")")]
    [InlineData("true < 1", EvaluationErrorKind.TypeMismatch, "expected long, found bool", "true")]
    [InlineData("duration(\"1d\") < 5", EvaluationErrorKind.TypeMismatch, "expected duration, found long", "5")]
    [InlineData("datetime(\"2024-01-01\") >= duration(\"1d\")", EvaluationErrorKind.TypeMismatch, "expected datetime, found duration", "duration(\"1d\")")]
    [InlineData("duration(\"1d\") + duration(\"1d\")", EvaluationErrorKind.TypeMismatch, "expected long, found duration", "duration(\"1d\")")]
    [InlineData("datetime(\"2024-01-01\").offset(1)", EvaluationErrorKind.TypeMismatch, "expected duration, found long", "1")]
    [InlineData("duration(\"1d\").toDate()", EvaluationErrorKind.TypeMismatch, "expected datetime, found duration", "duration(\"1d\")")]
    [InlineData("datetime(\"2024-13-01\")", EvaluationErrorKind.ExtensionArgument, "`datetime` cannot read \"2024-13-01\"", "\"2024-13-01\"")]
    [InlineData("duration(\"1\")", EvaluationErrorKind.ExtensionArgument, "`duration` cannot read \"1\"", "\"1\"")]
    [InlineData("datetime(\"2024-01-01\").offset(duration(\"9223372036854775807ms\"))", EvaluationErrorKind.Overflow, "overflow in `offset`", "datetime(\"2024-01-01\").offset(duration(\"9223372036854775807ms\"))")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate()", EvaluationErrorKind.Overflow, "overflow in `toDate`", "datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).toDate()")]
    [InlineData("datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).durationSince(datetime(\"1970-01-02\"))", EvaluationErrorKind.Overflow, "overflow in `durationSince`", "datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")).durationSince(datetime(\"1970-01-02\"))")]
    [InlineData("9223372036854775807 + 1", EvaluationErrorKind.Overflow, "integer overflow in `+`", "9223372036854775807 + 1")]
    [InlineData("-9223372036854775808 - 1", EvaluationErrorKind.Overflow, "integer overflow in `-`", "-9223372036854775808 - 1")]
    [InlineData("9223372036854775807 * 2", EvaluationErrorKind.Overflow, "integer overflow in `*`", "9223372036854775807 * 2")]
    [InlineData("--9223372036854775808", EvaluationErrorKind.Overflow, "integer overflow in `-`", "--9223372036854775808")]
    [InlineData("1 in principal", EvaluationErrorKind.TypeMismatch, "expected entity, found long", "1")]
    [InlineData("principal in 1", EvaluationErrorKind.TypeMismatch, "expected entity or set of entities, found long", "1")]
    [InlineData("principal in [principal, 1]", EvaluationErrorKind.TypeMismatch, "expected set of entities, found long", "[principal, 1]")]
    [InlineData("1 is User", EvaluationErrorKind.TypeMismatch, "expected entity, found long", "1")]
    [InlineData("principal is User in 1", EvaluationErrorKind.TypeMismatch, "expected entity or set of entities, found long", "1")]
    [InlineData("1.a", EvaluationErrorKind.TypeMismatch, "expected record or entity, found long", "1")]
    [InlineData("1 has a", EvaluationErrorKind.TypeMismatch, "expected record or entity, found long", "1")]
    [InlineData("principal has n.z", EvaluationErrorKind.TypeMismatch, "expected record or entity, found long", "principal")]
    [InlineData("1 like \"*\"", EvaluationErrorKind.TypeMismatch, "expected string, found long", "1")]
    [InlineData("1.contains(1)", EvaluationErrorKind.TypeMismatch, "expected set, found long", "1")]
    [InlineData("[].containsAll(1)", EvaluationErrorKind.TypeMismatch, "expected set, found long", "1")]
    [InlineData("1.containsAny([])", EvaluationErrorKind.TypeMismatch, "expected set, found long", "1")]
    [InlineData("1.isEmpty()", EvaluationErrorKind.TypeMismatch, "expected set, found long", "1")]
    [InlineData("1.hasTag(\"t\")", EvaluationErrorKind.TypeMismatch, "expected entity, found long", "1")]
    [InlineData("principal.getTag(1)", EvaluationErrorKind.TypeMismatch, "expected string, found long", "1")]
    [InlineData("context.missing", EvaluationErrorKind.MissingAttribute, "the record has no attribute `missing`", "context.missing")]
    [InlineData("principal.missing", EvaluationErrorKind.MissingAttribute, "entity `User::\"alice\"` has no attribute `missing`", "principal.missing")]
    [InlineData("principal.getTag(\"u\")", EvaluationErrorKind.MissingTag, "entity `User::\"alice\"` has no tag `u`", "principal.getTag(\"u\")")]
    [InlineData("resource.a", EvaluationErrorKind.MissingEntity, "entity `Photo::\"p\"` does not exist", "resource.a")]
    [InlineData("resource.getTag(\"a\")", EvaluationErrorKind.MissingEntity, "entity `Photo::\"p\"` does not exist", "resource.getTag(\"a\")")]
    [InlineData("ip(\"1.2.3\")", EvaluationErrorKind.ExtensionArgument, "`ip` cannot read \"1.2.3\"", "\"1.2.3\"")]
    [InlineData("decimal(\"1\")", EvaluationErrorKind.ExtensionArgument, "`decimal` cannot read \"1\"", "\"1\"")]
    [InlineData("ip(1)", EvaluationErrorKind.TypeMismatch, "expected string, found long", "1")]
    [InlineData("1.isIpv4()", EvaluationErrorKind.TypeMismatch, "expected ipaddr, found long", "1")]
    [InlineData("ip(\"::\").isInRange(1)", EvaluationErrorKind.TypeMismatch, "expected ipaddr, found long", "1")]
    [InlineData("ip()", EvaluationErrorKind.ArgumentCount, "`ip` takes 1 argument, not 0", "ip()")]
    [InlineData("ip(\"::\").isIpv4(1)", EvaluationErrorKind.ArgumentCount, "`isIpv4` takes 0 arguments, not 1", "ip(\"::\").isIpv4(1)")]
    [InlineData("[1 + true]", EvaluationErrorKind.TypeMismatch, "expected long, found bool", "true")]
    [InlineData("{a: context.missing}", EvaluationErrorKind.MissingAttribute, "the record has no attribute `missing`", "context.missing")]
    public void Expression_HasError(string text, EvaluationErrorKind kind, string message, string place)
    {
        var result = Evaluator.Evaluate(Parse(text), s_request, s_entities);

        Assert.NotNull(result.Error);
        Assert.Equal((kind, message), (result.Error.Kind, result.Error.Message));
        Assert.Equal(place, text.Substring(result.Error.Span.Start, result.Error.Span.Length));
    }

    [Theory]
    [InlineData("1 + 2 == 3 && ip(\"10.0.0.1\").isInRange(ip(\"10.0.0.0/8\"))", "true")]
    [InlineData("User::\"a\" in [User::\"b\", User::\"a\"]", "true")]
    [InlineData("false && principal.x", "false")]
    public void ClosedExpression_IsFolded(string text, string expected) =>
        Assert.Equal(expected, Evaluator.EvaluateClosed(Parse(text)).Value!.ToString());

    [Theory]
    [InlineData("principal")]
    [InlineData("true && context.a")]
    [InlineData("User::\"a\".name == 1")]
    public void ClosedExpression_ThatNeedsARequest_SaysSo(string text) =>
        Assert.Equal(EvaluationErrorKind.Unbound, Evaluator.EvaluateClosed(Parse(text)).Error!.Kind);

    [Fact]
    public void BuiltExpression_TooDeepForTheStack_IsAnErrorNotACrash()
    {
        Expr deep = new Expr.Literal(Value.Of(true), default);
        for (var i = 0; i < 1_000_000; i++)
        {
            deep = new Expr.Unary(UnaryOperator.Not, deep, default);
        }

        Assert.Equal(EvaluationErrorKind.TooDeep, Evaluator.EvaluateClosed(deep).Error!.Kind);
    }

    [Fact]
    public void UnknownFunctionOrSlot_InABuiltExpression_IsAnError()
    {
        Assert.Equal(EvaluationErrorKind.UnknownFunction, Evaluator.EvaluateClosed(new Expr.Call("nope", false, [], default)).Error!.Kind);
        Assert.Equal(EvaluationErrorKind.Unbound, Evaluator.EvaluateClosed(new Expr.Slot(Variable.Principal, default)).Error!.Kind);
    }

    private static Expr Parse(string text)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Expression!;
    }
}
