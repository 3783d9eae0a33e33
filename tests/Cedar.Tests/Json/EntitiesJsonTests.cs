using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Json;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Json;

public sealed class EntitiesJsonTests
{
    private const string Uid = """{"type": "A", "id": "1"}""";

    private static Schema Schema { get; } = Schema.Parse(new SourceText("""
        entity A in [A] = { x?: A, i?: ipaddr, d?: datetime, s?: Set<A>, r?: { a?: A }, l?: Long, t?: String } tags ipaddr;
        action group; action view in [group] appliesTo { principal: A, resource: A, context: { x?: A, i?: ipaddr } };
        """)).Schema!;

    /// <summary>An attribute and the Cedar text of its value, read without a schema.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "true", "true" },
        { "-9223372036854775808", "-9223372036854775808" },
        { "\"a\\u00e4\\n\"", "\"aä\\n\"" },
        { "[1, \"x\", [], {}]", "[1, \"x\", [], {}]" },
        { """{"__entity": {"type": "A::B", "id": "x"}}""", "A::B::\"x\"" },
        { """{"type": "A", "id": "x"}""", "{\"id\": \"x\", \"type\": \"A\"}" },
        { """{"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}}""", "ip(\"10.0.0.0/8\")" },
        { """{"__extn": {"fn": "ip", "args": ["::1"]}}""", "ip(\"::1\")" },
        { """{"__extn": {"fn": "isIpv4", "arg": {"__extn": {"fn": "ip", "arg": "1.2.3.4"}}}}""", "true" },
    };

    /// <summary>Attributes of an entity, the code, the marked part and the message.</summary>
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { """{"x": null}""", CedarCodes.JsonKind, "null", "expected a value, found null" },
        { """{"x": 1.5}""", CedarCodes.InvalidJsonValue, "1.5", "`1.5` is not a long" },
        { """{"x": 9223372036854775808}""", CedarCodes.InvalidJsonValue, "9223372036854775808", "`9223372036854775808` is not a long" },
        { """{"x": 1, "x": 2}""", CedarCodes.InvalidJson, "\"x\"", "\"x\" is given twice" },
        { """{"x": {"__extn": {"fn": "ipp", "arg": "::1"}}}""", CedarCodes.UnknownFunction, """{"fn": "ipp", "arg": "::1"}""", "unknown function \"ipp\"" },
        { """{"x": {"__extn": {"fn": "ip", "arg": "bad"}}}""", CedarCodes.InvalidJsonValue, """{"fn": "ip", "arg": "bad"}""", "`ip` cannot read \"bad\"" },
        { """{"x": {"__extn": {"fn": "ip", "arg": 1}}}""", CedarCodes.InvalidJsonValue, "1", "`ip` takes a string, not a long" },
        { """{"x": {"__entity": {"type": "in", "id": ""}}}""", CedarCodes.InvalidJsonValue, "\"in\"", "\"in\" is not the name of an entity type" },
        { """[]""", CedarCodes.JsonKind, "[]", "expected the attributes, an object, found an array" },
        { """{"x": "\ud800"}""", CedarCodes.InvalidJson, "\"\\ud800\"", "the string has half of a surrogate pair" },
        { """{"x": tru}""", CedarCodes.InvalidJson, "t", "expected a value, found `t`" },
        { """{"x": 01}""", CedarCodes.InvalidJson, "}", "expected a digit, found `}`" },
        { """{"x": 1,}""", CedarCodes.InvalidJson, "}", "expected a name in quotes, found `}`" },
    };

    /// <summary>Attributes with the short forms that the schema allows, and the Cedar text of the entity's attributes.</summary>
    public static TheoryData<string, string> ShortForms => new()
    {
        { """{"x": {"type": "A", "id": "b"}}""", "{\"x\": A::\"b\"}" },
        { """{"i": "10.0.0.1"}""", "{\"i\": ip(\"10.0.0.1\")}" },
        { """{"i": {"fn": "ip", "arg": "10.0.0.1"}}""", "{\"i\": ip(\"10.0.0.1\")}" },
        { """{"d": {"fn": "offset", "args": ["1970-01-01", "1h"]}}""", "{\"d\": datetime(\"1970-01-01T01:00:00Z\")}" },
        { """{"s": [{"type": "A", "id": "b"}]}""", "{\"s\": [A::\"b\"]}" },
        { """{"r": {"a": {"type": "A", "id": "b"}}}""", "{\"r\": {\"a\": A::\"b\"}}" },
        { """{"t": "10.0.0.1"}""", "{\"t\": \"10.0.0.1\"}" },
    };

    [Theory, MemberData(nameof(Values))]
    public void Read_Value_IsWhatItSays(string json, string cedar)
    {
        var store = ReadGood($$"""[{"uid": {{Uid}}, "attrs": {"x": {{json}}}, "parents": []}]""");
        Assert.True(Assert.Single(store.Entities).Attributes.TryGet("x", out var value));
        Assert.Equal(cedar, value.ToString());
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void Read_Mistake_IsReportedAtItsPlace(string attributes, string code, string marked, string message)
    {
        var text = $$"""[{"uid": {{Uid}}, "attrs": {{attributes}}, "parents": []}]""";
        var result = EntitiesJson.Read(new SourceText(text));
        Assert.Null(result.Store);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal((code, message), (diagnostic.Code, diagnostic.Message));
        Assert.Equal(marked, text.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
    }

    [Theory, MemberData(nameof(ShortForms))]
    public void Read_ShortForm_IsReadByItsType(string attributes, string cedar)
    {
        var store = ReadGood($$"""[{"uid": {{Uid}}, "attrs": {{attributes}}, "parents": []}]""", Schema);
        Assert.True(store.TryGet(new EntityUid("A", "1"), out var entity));
        Assert.Equal(cedar, entity.Attributes.ToString());
        Assert.True(store.IsAncestor(new EntityUid("Action", "view"), new EntityUid("Action", "group")));
    }

    [Fact]
    public void Read_AllMistakes_AreReportedAtOnce()
    {
        var result = EntitiesJson.Read(new SourceText("""[{"uid": {"type": "A"}, "attrs": 1}, {"uid": 1, "parents": [], "attrs": {"x": null}}, 5]"""));
        string[] expected =
        [
            "`id` is missing", "`parents` is missing", "expected a value, found null", "expected an entity such as {\"type\": \"User\", \"id\": \"alice\"}, found a number",
            "expected an entity, an object, found a number", "expected the attributes, an object, found a number",
        ];
        Assert.Equal(expected, result.Diagnostics.Select(diagnostic => diagnostic.Message).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""[{"uid": {"type": "A", "id": "1"}, "attrs": {}, "parents": [{"type": "A", "id": "1"}]}]""", CedarCodes.InvalidEntities)]
    [InlineData("""[{"uid": {"type": "B", "id": "1"}, "attrs": {}, "parents": []}]""", CedarCodes.UnknownEntityType)]
    public void Read_WhatDoesNotFit_IsReported(string text, string code) =>
        Assert.Equal(code, Assert.Single(EntitiesJson.Read(new SourceText(text), Schema).Diagnostics).Code);

    [Fact]
    public void Read_UnknownName_IsAWarning()
    {
        var result = EntitiesJson.Read(new SourceText($$$"""[{"uid": {{{Uid}}}, "attrs": {}, "parents": [], "tag": {}}]"""));
        Assert.NotNull(result.Store);
        var warning = Assert.Single(result.Diagnostics);
        Assert.Equal((Severity.Warning, "did you mean `tags`?"), (warning.Severity, warning.Help));
    }

    [Fact]
    public void Write_IsReadBack()
    {
        var entity = new Entity(
            new EntityUid("A::B", "x \"y\""),
            Value.RecordOf(
                KeyValuePair.Create("all", (Value)Value.SetOf(true, 5L, "text", Value.Of(new EntityUid("A", "1")), Value.RecordOf())),
                KeyValuePair.Create("ip", Extension("ip(\"10.0.0.0/8\")")),
                KeyValuePair.Create("decimal", Extension("decimal(\"-1.5\")")),
                KeyValuePair.Create("time", Extension("datetime(\"2024-02-29T12:30:00.123Z\")")),
                KeyValuePair.Create("far", Extension("datetime(\"9999-12-31\").offset(duration(\"5d\"))")),
                KeyValuePair.Create("span", Extension("duration(\"-1d2h\")"))),
            Value.RecordOf(KeyValuePair.Create("t", (Value)"v")),
            [new EntityUid("G", "1")]);
        var written = EntitiesJson.Write([entity]);
        var read = Assert.Single(ReadGood(written).Entities);
        Assert.Equal((entity.Uid, entity.Attributes, entity.Tags), (read.Uid, read.Attributes, read.Tags));
        Assert.Equal(entity.Parents, read.Parents);
        Assert.Equal(written, EntitiesJson.Write([read]));
    }

    [Fact]
    public void Request_IsReadAndWritten()
    {
        var text = """{"principal": {"type": "A", "id": "1"}, "action": {"type": "Action", "id": "view"}, "resource": {"type": "A", "id": "2"}, "context": {"i": "::1"}}""";
        var request = RequestJson.Read(new SourceText(text), Schema).Request!;
        Assert.Equal("{\"i\": ip(\"::1\")}", request.Context.ToString());
        Assert.Equal(request, RequestJson.Read(new SourceText(RequestJson.Write(request))).Request);
        var wrong = RequestJson.Read(new SourceText(text.Replace("view", "vew", StringComparison.Ordinal)), Schema);
        Assert.Null(wrong.Request);
        Assert.Equal(CedarCodes.UnknownAction, Assert.Single(wrong.Diagnostics).Code);
    }

    private static Value Extension(string text) => Evaluator.EvaluateClosed(CedarParser.ParseExpression(new SourceText(text)).Expression!).Value!;

    private static EntityStore ReadGood(string text, Schema? schema = null)
    {
        var result = EntitiesJson.Read(new SourceText(text), schema);
        Assert.True(result.Store is not null, string.Join("\n", result.Diagnostics));
        return result.Store;
    }
}
