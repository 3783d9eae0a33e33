using Cedar.Diagnostics;
using Cedar.Formatting;
using Cedar.Json;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Json;

public sealed class PolicyJsonTests
{
    private const string All = """{"op": "All"}""";

    public static TheoryData<string, string> Bodies => new()
    {
        { """{"Value": true}""", "true" },
        { """{"Value": -5}""", "-5" },
        { """{"Value": "a\"b"}""", "\"a\\\"b\"" },
        { """{"Value": [1, [2]]}""", "[1, [2]]" },
        { """{"Value": {"a": 1, "b": {"c d": 2}}}""", "{a: 1, b: {\"c d\": 2}}" },
        { """{"Value": {"__entity": {"type": "A::B", "id": "b"}}}""", "A::B::\"b\"" },
        { """{"Value": {"type": "A", "id": "b"}}""", "{type: \"A\", id: \"b\"}" },
        { """{"Value": {"__extn": {"fn": "ip", "arg": "not an address"}}}""", "ip(\"not an address\")" },
        {
            """{"Value": {"__extn": {"fn": "offset", "args": [{"__extn": {"fn": "datetime", "arg": "2024-01-01"}}, {"__extn": {"fn": "duration", "arg": "1d"}}]}}}""",
            "datetime(\"2024-01-01\").offset(duration(\"1d\"))"
        },
        { """{"Var": "context"}""", "context" },
        { """{"Set": [{"Value": 1}, {"Var": "principal"}]}""", "[1, principal]" },
        { """{"Record": {"a": {"Value": 1}, "__entity": {"Value": 2}}}""", "{a: 1, __entity: 2}" },
        { """{"!": {"arg": {"Value": true}}}""", "!true" },
        { """{"neg": {"arg": {"Value": -5}}}""", "-(-5)" },
        { """{"isEmpty": {"arg": {"Set": []}}}""", "[].isEmpty()" },
        { """{"&&": {"left": {"Value": true}, "right": {"&&": {"left": {"Value": 1}, "right": {"Value": 2}}}}}""", "true && (1 && 2)" },
        { """{"||": {"left": {"Value": true}, "right": {"Value": false}}}""", "true || false" },
        { """{"==": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 == 2" },
        { """{"!=": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 != 2" },
        { """{"<": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 < 2" },
        { """{"<=": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 <= 2" },
        { """{">": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 > 2" },
        { """{">=": {"left": {"Value": 1}, "right": {"Value": 2}}}""", "1 >= 2" },
        { """{"in": {"left": {"Var": "principal"}, "right": {"Set": []}}}""", "principal in []" },
        { """{"+": {"left": {"Value": 1}, "right": {"-": {"left": {"Value": 1}, "right": {"*": {"left": {"Value": 1}, "right": {"Value": 2}}}}}}}""", "1 + (1 - 1 * 2)" },
        { """{"contains": {"left": {"Set": []}, "right": {"Value": 1}}}""", "[].contains(1)" },
        { """{"containsAll": {"left": {"Set": []}, "right": {"Set": []}}}""", "[].containsAll([])" },
        { """{"containsAny": {"left": {"Set": []}, "right": {"Set": []}}}""", "[].containsAny([])" },
        { """{"hasTag": {"left": {"Var": "principal"}, "right": {"Value": "a"}}}""", "principal.hasTag(\"a\")" },
        { """{"getTag": {"left": {"Var": "principal"}, "right": {"Value": "a"}}}""", "principal.getTag(\"a\")" },
        { """{".": {"left": {"Value": -5}, "attr": "if"}}""", "(-5)[\"if\"]" },
        { """{"has": {"left": {"Var": "principal"}, "attr": "a b"}}""", "principal has \"a b\"" },
        { """{"has": {"left": {"Var": "principal"}, "attr": ["a", "b"]}}""", "principal has a.b" },
        { """{"like": {"left": {"Value": "x"}, "pattern": [{"Literal": "ab*"}, "Wildcard", {"Literal": "c"}]}}""", "\"x\" like \"ab\\**c\"" },
        { """{"is": {"left": {"Var": "principal"}, "entity_type": "A::B"}}""", "principal is A::B" },
        { """{"is": {"left": {"Var": "principal"}, "entity_type": "A", "in": {"Var": "resource"}}}""", "principal is A in resource" },
        { """{"if-then-else": {"if": {"Value": true}, "then": {"Value": 1}, "else": {"Value": 2}}}""", "if true then 1 else 2" },
        { """{"ip": []}""", "ip()" },
        { """{"isInRange": [{"ip": [{"Value": "a"}]}, {"ip": [{"Value": "b"}]}]}""", "ip(\"a\").isInRange(ip(\"b\"))" },
    };

    /// <summary>JSON with the place of the report in brackets, its code and its message.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { Body("«{»}"), CedarCodes.InvalidJsonValue, "an expression has exactly one name, not 0" },
        { Body("""«{»"Value": 1, "Var": "principal"}"""), CedarCodes.InvalidJsonValue, "an expression has exactly one name, not 2" },
        { Body("«[]»"), CedarCodes.JsonKind, "expected an expression, an object, found an array" },
        { Body("""{"Value": «null»}"""), CedarCodes.JsonKind, "expected a value, found null" },
        { Body("""{"Value": «1.5»}"""), CedarCodes.InvalidJsonValue, "`1.5` is not a long" },
        { Body("""{"Value": [9223372036854775807, «9223372036854775808»]}"""), CedarCodes.InvalidJsonValue, "`9223372036854775808` is not a long" },
        { Body("""{"Value": {"__entity": {"type": «"A b"», "id": "b"}}}"""), CedarCodes.InvalidJsonValue, "\"A b\" is not the name of an entity type" },
        { Body("""{"Value": {"__extn": {"fn": «"ipp"», "arg": "b"}}}"""), CedarCodes.UnknownFunction, "unknown function `ipp`" },
        { Body("""{"Value": {"__extn": «{»"fn": "ip"}}}"""), CedarCodes.MissingJsonName, "`arg` is missing" },
        { Body("""{"Var": «"principle"»}"""), CedarCodes.UnknownVariable, "unknown variable `principle`" },
        { Body("""{«"Slot"»: "?principal"}"""), CedarCodes.InvalidSlot, "a slot cannot stand in a condition" },
        { Body("""{«"contain"»: {}}"""), CedarCodes.UnknownFunction, "\"contain\" is no operator and no function" },
        { Body("""{"ip": «{"left": 1}»}"""), CedarCodes.JsonKind, "expected the arguments, an array, found an object" },
        { Body("""«{"isIpv4": []}»"""), CedarCodes.ArgumentCount, "`isIpv4` is a method: it needs what it is called on" },
        { Body("""{"has": {"left": {"Var": "principal"}, "attr": «[]»}}"""), CedarCodes.JsonKind, "expected the name of an attribute, a string or a path, an array with a name or more, found an array" },
        { Body("""{"like": {"left": {"Value": "x"}, "pattern": [«"wildcard"»]}}"""), CedarCodes.JsonKind, "expected \"Wildcard\" or {\"Literal\": \"a string\"}, found a string" },
        { Body("""{"like": {"left": {"Value": "x"}, "pattern": [«{"Literal": "a", "b": 1}»]}}"""), CedarCodes.JsonKind, "expected \"Wildcard\" or {\"Literal\": \"a string\"}, found an object" },
        { Body("""{"==": {"left": {"Value": 1}, "right": {"Value": 2}, «"extra"»: 1}}"""), CedarCodes.UnknownJsonName, "unknown name \"extra\"" },
        { Body("""{"==": «{»"left": {"Value": 1}}}"""), CedarCodes.MissingJsonName, "`right` is missing" },
        { Body("""{"is": {"left": {"Var": "principal"}, "entity_type": «"if"»}}"""), CedarCodes.InvalidJsonValue, "\"if\" is not the name of an entity type" },
        { Scope("principal", """{"op": «"is in"»}"""), CedarCodes.JsonKind, "expected \"All\", \"==\", \"in\" or \"is\", found a string" },
        { Scope("principal", """«{»"op": "=="}"""), CedarCodes.MissingJsonName, "`entity` is missing" },
        { Scope("principal", """{"op": "==", "slot": «"?resource"»}"""), CedarCodes.InvalidSlot, "slot `?resource` cannot stand here" },
        { Scope("action", """{"op": «"is"», "entity_type": "A"}"""), CedarCodes.JsonKind, "expected \"All\", \"==\" or \"in\", found a string" },
        { Scope("action", """{"op": "==", "slot": «"?action"»}"""), CedarCodes.InvalidSlot, "the action of a scope takes no slot" },
        { Scope("action", """{"op": "in", "entities": [«{"type": "A", "id": "b"}»]}"""), CedarCodes.ActionType, "`A` is not a type of actions" },
        { Scope("resource", """{"op": "is", "entity_type": "A", "in": «1»}"""), CedarCodes.JsonKind, "expected what it is in, an object, found a number" },
        { Scope("resource", """{"op": "is", "entity_type": "A", «"entity"»: 1}"""), CedarCodes.UnknownJsonName, "unknown name \"entity\"" },
        { Scope("resource", """{"op": "is", "entity_type": "A", "in": «{»}}"""), CedarCodes.MissingJsonName, "`entity` is missing" },
        { Body("""{"Value": {"__entity": «{»"type": "A"}}}"""), CedarCodes.MissingJsonName, "`id` is missing" },
        { With("«\"effects\"»: 1"), CedarCodes.UnknownJsonName, "unknown name \"effects\"" },
        { With("\"annotations\": {«\"a b\"»: \"c\"}"), CedarCodes.InvalidJsonValue, "\"a b\" cannot be the name of an annotation" },
        { With("\"annotations\": {\"a\": «1»}"), CedarCodes.JsonKind, "expected the value of an annotation, a string or null, found a number" },
        { """{"effect": «"Permit"», "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []}""", CedarCodes.JsonKind, "expected \"permit\" or \"forbid\", found a string" },
        { """«{»"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}}""", CedarCodes.MissingJsonName, "`conditions` is missing" },
        { """{"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": [{"kind": «"When"», "body": {"Value": true}}]}""", CedarCodes.JsonKind, "expected \"when\" or \"unless\", found a string" },
        { "«[]»", CedarCodes.JsonKind, "expected a policy, an object, found an array" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Expression_IsReadAndWritten(string body, string expected)
    {
        var policy = Read(Body(body));

        Assert.Equal(expected, CedarPrinter.Print(policy.Conditions[0].Body));
        var again = Read(PolicyJson.Write(policy));
        Assert.Equal(TreeText.Of(policy), TreeText.Of(again));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_IsReportedWhereItIs(string marked, string code, string message)
    {
        var start = marked.IndexOf('«', StringComparison.Ordinal);
        var end = marked.IndexOf('»', StringComparison.Ordinal);
        var text = marked.Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal);

        var result = PolicyJson.Read(new SourceText(text));

        Assert.Null(result.Policy);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(code, diagnostic.Code);
        Assert.Equal(message, diagnostic.Message);
        Assert.Equal(new SourceSpan(start, end - start - 1), diagnostic.Span);
    }

    [Fact]
    public void AllMistakes_AreReported()
    {
        var result = PolicyJson.Read(new SourceText("""{"effect": "allow", "principal": {"op": "=="}, "action": 1, "resource": {"op": "All"}, "conditions": [{"body": {"Value": null}}]}"""));

        Assert.Equal(
            [CedarCodes.JsonKind, CedarCodes.MissingJsonName, CedarCodes.JsonKind, CedarCodes.MissingJsonName, CedarCodes.JsonKind],
            result.Diagnostics.Select(diagnostic => diagnostic.Code));
    }

    [Fact]
    public void Misspelt_IsCorrected()
    {
        var result = PolicyJson.Read(new SourceText(Body("""{"containAny": {}}""")));

        Assert.Equal("did you mean `containsAny`?", Assert.Single(result.Diagnostics).Help);
    }

    [Fact]
    public void Policy_IsReadWithItsPlaces()
    {
        const string Text = """
            {"effect": "forbid",
             "principal": {"op": "is", "entity_type": "A", "in": {"slot": "?principal"}},
             "action": {"op": "in", "entities": [{"type": "Action", "id": "a"}, {"__entity": {"type": "N::Action", "id": "b"}}]},
             "resource": {"op": "==", "entity": {"type": "B", "id": "c"}},
             "conditions": [{"kind": "unless", "body": {"Var": "context"}}],
             "annotations": {"id": "x", "if": null}}
            """;

        var source = new SourceText(Text);
        var policy = PolicyJson.Read(source, "mine").Policy!;

        Assert.Equal(
            "mine @id(x) @if() Forbid(IsIn A ?; InSet Action::\"a\" N::Action::\"b\"; Equal B::\"c\") unless Context", TreeText.Of(policy));
        Assert.Same(source, policy.Source);
        Assert.Equal(new SourceSpan(0, Text.Length), policy.Span);
        Assert.Equal("""{"Var": "context"}""", Underlined(Text, policy.Conditions[0].Body.Span));
        Assert.Equal("""{"kind": "unless", "body": {"Var": "context"}}""", Underlined(Text, policy.Conditions[0].Span));
        Assert.Equal("\"id\": \"x\"", Underlined(Text, policy.Annotations[0].Span));
        Assert.Equal("""{"op": "==", "entity": {"type": "B", "id": "c"}}""", Underlined(Text, policy.Resource.Span));
    }

    [Fact]
    public void WhatMeansNothingInAConstraint_IsAWarning()
    {
        var result = PolicyJson.Read(new SourceText(Scope("principal", """{"op": "All", "entity": 1}""")));

        Assert.NotNull(result.Policy);
        Assert.Equal(Severity.Warning, Assert.Single(result.Diagnostics).Severity);
    }

    [Fact]
    public void Policy_IsWrittenAsDocumented()
    {
        var policy = CedarParser.Parse(new SourceText("""
            @id("é") permit (principal is A in B::"b", action in [Action::"a"], resource) when { context.a has b.c };
            """)).Policies[0];

        Assert.Equal(
            """
            {
              "effect": "permit",
              "principal": {
                "op": "is",
                "entity_type": "A",
                "in": {
                  "entity": {
                    "type": "B",
                    "id": "b"
                  }
                }
              },
              "action": {
                "op": "in",
                "entity": {
                  "type": "Action",
                  "id": "a"
                }
              },
              "resource": {
                "op": "All"
              },
              "conditions": [
                {
                  "kind": "when",
                  "body": {
                    "has": {
                      "left": {
                        ".": {
                          "left": {
                            "Var": "context"
                          },
                          "attr": "a"
                        }
                      },
                      "attr": [
                        "b",
                        "c"
                      ]
                    }
                  }
                }
              ],
              "annotations": {
                "id": "é"
              }
            }

            """,
            PolicyJson.Write(policy));
    }

    [Fact]
    public void ValuesThatNoLiteralHas_AreWrittenAsExpressions()
    {
        var policy = Read(Body("""{"Value": true}"""));
        var value = Value.RecordOf(KeyValuePair.Create("__entity", (Value)Value.SetOf(new DateTimeValue(long.MinValue), Value.Of(-1))));

        var again = Read(PolicyJson.Write(policy with { Conditions = [new Condition(false, new Expr.Literal(value, default), default)] }));

        Assert.Equal(
            "{__entity: [datetime(\"1970-01-01\").offset(duration(\"-9223372036854775808ms\")), -1]}", CedarPrinter.Print(again.Conditions[0].Body));
    }

    [Fact]
    public void Pattern_IsWrittenWithALiteralForEachCharacter()
    {
        var policy = CedarParser.Parse(new SourceText("permit (principal, action, resource) when { \"x\" like \"a\\*\U0001F600**b\" };")).Policies[0];

        var text = string.Concat(PolicyJson.Write(policy).Split('\n').Select(line => line.Trim()));

        Assert.Contains(
            """
            "pattern": [{"Literal": "a"},{"Literal": "*"},{"Literal": "\uD83D\uDE00"},"Wildcard",{"Literal": "b"}]
            """,
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pattern_OfManyLiterals_IsReadInLinearTime()
    {
        const int Count = 1_000_000;
        var literals = string.Concat(Enumerable.Repeat("""{"Literal": "a"}, """, Count));

        var policy = Read(Body($$$"""{"like": {"left": {"Value": "x"}, "pattern": [{{{literals}}}"Wildcard"]}}"""));

        var like = Assert.IsType<Expr.Like>(policy.Conditions[0].Body);
        Assert.Equal(Count, like.Pattern.Elements[0].Literal!.Length);
    }

    [Fact]
    public void LongestChain_IsReadBack_AndItsTextStaysLinear()
    {
        var source = new SourceText($"permit (principal, action, resource) when {{ {string.Join(" || ", Enumerable.Repeat("context.a", 990))} }};");
        var policy = CedarParser.Parse(source).Policies[0];

        var text = PolicyJson.Write(policy);

        Assert.True(text.Length < 100_000, $"{text.Length} characters");
        Assert.Equal(TreeText.Of(policy), TreeText.Of(Read(text)));
    }

    [Theory]
    [InlineData("{\"!\": {\"arg\": ", "}}", 200_000)]
    [InlineData("{\"Set\": [", "]}", 200_000)]
    [InlineData("{\"!\": {\"arg\": ", "}}", 1_005)]
    public void TooDeep_IsReported(string open, string close, int depth)
    {
        var body = string.Concat(Enumerable.Repeat(open, depth)) + "{\"Value\": true}" + string.Concat(Enumerable.Repeat(close, depth));

        var result = PolicyJson.Read(new SourceText(Body(body)));

        Assert.Equal(CedarCodes.TooDeep, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void TooDeepValue_IsReported()
    {
        var result = PolicyJson.Read(new SourceText(Body($"{{\"Value\": {new string('[', 1_500)}{new string(']', 1_500)}}}")));

        Assert.Equal(CedarCodes.TooDeep, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void AnyDepth_IsWritten()
    {
        Expr tree = new Expr.Var(Variable.Context, default);
        for (var i = 0; i < 50_000; i++)
        {
            tree = new Expr.Unary(UnaryOperator.Not, tree, default);
        }

        var policy = Read(Body("""{"Value": true}"""));

        Assert.True(PolicyJson.Write(policy with { Conditions = [new Condition(false, tree, default)] }).Length > 50_000);
    }

    private static string Body(string body) =>
        $$"""{"effect": "permit", "principal": {{All}}, "action": {{All}}, "resource": {{All}}, "conditions": [{"kind": "when", "body": {{body}}}]}""";

    private static string Scope(string variable, string constraint)
    {
        var others = string.Join(", ", new[] { "principal", "action", "resource" }.Where(name => name != variable).Select(name => $"\"{name}\": {All}"));
        return $$"""{"effect": "permit", "{{variable}}": {{constraint}}, {{others}}, "conditions": []}""";
    }

    private static string With(string member) =>
        $$"""{"effect": "permit", "principal": {{All}}, "action": {{All}}, "resource": {{All}}, "conditions": [], {{member}}}""";

    private static string Underlined(string text, SourceSpan span) => text.Substring(span.Start, span.Length);

    private static Policy Read(string text)
    {
        var result = PolicyJson.Read(new SourceText(text));
        Assert.Empty(result.Diagnostics);
        return result.Policy!;
    }
}
