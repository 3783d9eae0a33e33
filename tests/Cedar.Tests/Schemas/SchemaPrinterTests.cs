using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

public sealed class SchemaPrinterTests
{
    [Fact]
    public void Schema_IsLaidOut()
    {
        const string Written = """
            @doc("all of it") namespace MCP::V1 { entity Agent, Human in [Team] { name:String,"a b"?:Set<Long> } tags String;
            entity Team={}; entity Color enum ["red","gr\"een"]; @internal @doc("long") type Place = { name: String, country: String, position: Position, note?: String };
            type Position = { @doc("degrees") latitude: decimal, longitude: decimal };
            action call, "list all" in [read, MCP::V1::Action::"admin"] appliesTo { principal:[Agent,Human], resource:Team, context:{ip:ipaddr,at:{x:Long}} };
            action read, admin; action "in" appliesTo {principal:Agent,resource:Agent,context:Position}; }
            entity Outside;
            """;
        const string Formatted = """
            @doc("all of it")
            namespace MCP::V1 {
              entity Agent, Human in Team = { name: String, "a b"?: Set<Long> } tags String;

              entity Team;

              entity Color enum ["red", "gr\"een"];

              @internal
              @doc("long")
              type Place = {
                name: String,
                country: String,
                position: Position,
                note?: String,
              };

              type Position = {
                @doc("degrees")
                latitude: decimal,
                longitude: decimal,
              };

              action call, "list all" in [read, MCP::V1::Action::"admin"] appliesTo {
                principal: [Agent, Human],
                resource: Team,
                context: {
                  ip: ipaddr,
                  at: { x: Long },
                },
              };

              action read, admin;

              action "in" appliesTo {
                principal: Agent,
                resource: Agent,
                context: Position,
              };
            }

            entity Outside;

            """;

        Assert.Equal(Formatted.ReplaceLineEndings("\n"), Format(Written));
        Assert.Equal(Formatted.ReplaceLineEndings("\n"), Format(Formatted));
        Assert.Equal(SchemaText.Of(Schema.Parse(new SourceText(Written))), SchemaText.Of(Schema.Parse(new SourceText(Formatted))));
    }

    [Theory]
    [MemberData(nameof(AcceptedSchemaTests.Rows), MemberType = typeof(AcceptedSchemaTests))]
    public void Text_KeepsItsMeaning_AndIsStable(string row)
    {
        var (text, _) = SchemaRow.Split(row);
        var formatted = Format(text);

        Assert.Equal(SchemaText.Of(Schema.Parse(new SourceText(text))), SchemaText.Of(Schema.Parse(new SourceText(formatted))));
        Assert.Equal(formatted, Format(formatted));
    }

    [Theory]
    [InlineData("{\"type\":\"Long\"}", "type Long2 = Long;\n\nentity A = { a: Long };\n\nentity B;\n")]
    [InlineData("{\"type\":\"Boolean\"}", "type Long2 = Long;\n\nentity A = { a: Bool };\n\nentity B;\n")]
    [InlineData("{\"type\":\"Extension\",\"name\":\"ipaddr\"}", "type Long2 = Long;\n\nentity A = { a: ipaddr };\n\nentity B;\n")]
    [InlineData("{\"type\":\"Entity\",\"name\":\"B\",\"required\":false}", "type Long2 = Long;\n\nentity A = { a?: B };\n\nentity B;\n")]
    [InlineData("{\"type\":\"Long2\",\"annotations\":{\"a\":null}}", "type Long2 = Long;\n\nentity A = {\n  @a\n  a: Long2,\n};\n\nentity B;\n")]
    public void JsonType_IsWrittenByItsName(string type, string text)
    {
        const string Json = """
            {"":{"commonTypes":{"Long2":{"type":"Long"}},"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":TYPE}}},"B":{}},"actions":{}}}
            """;
        var json = Json.Replace("TYPE", type, StringComparison.Ordinal);

        Assert.Equal(text, SchemaPrinter.Print(SchemaJson.Parse(new SourceText(json)).Document!).Text);
    }

    [Fact]
    public void BuiltInTypes_KeepTheirMeaning_WhereAnotherTypeHasTheirName()
    {
        const string Json = """
            {"":{"entityTypes":{"Long":{},"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long"},"b":{"type":"EntityOrCommon","name":"Long"},"c":{"type":"Entity","name":"Long"}}}}},"actions":{}}}
            """;

        Assert.Equal(
            "entity Long;\n\nentity A = { a: __cedar::Long, b: Long, c: Long };\n", SchemaPrinter.Print(SchemaJson.Parse(new SourceText(Json)).Document!).Text);
    }

    [Theory]
    [InlineData(
        """{"":{"commonTypes":{"T":{"type":"Record","attributes":{}}},"entityTypes":{"A":{"shape":{"type":"T"}}},"actions":{}}}""",
        "\"T\"", "Cedar syntax cannot say the shape of an entity type that is not a record", "write the attributes out in place of the common type")]
    [InlineData(
        """{"":{"commonTypes":{"B":{"type":"Long"}},"entityTypes":{"A":{"tags":{"type":"Entity","name":"B"}},"B":{}},"actions":{}}}""",
        "\"B\"", "Cedar syntax cannot say the entity type `B`, which the common type of that name hides", "give one of them another name")]
    public void WhatOnlyJsonCanSay_IsReported(string json, string underlined, string message, string help)
    {
        var result = SchemaPrinter.Print(SchemaJson.Parse(new SourceText(json)).Document!);

        Assert.Null(result.Text);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(
            ("CEDAR0118", underlined, message, help), (diagnostic.Code, SchemaRow.Underlined(json, diagnostic), diagnostic.Message, diagnostic.Help));
    }

    [Theory]
    [InlineData("[]", "[\"A\"]")]
    [InlineData("[\"A\"]", "[]")]
    [InlineData("[]", "[]")]
    public void ActionThatAppliesToNothing_IsWrittenWithoutAppliesTo(string principals, string resources)
    {
        var appliesTo = $"{{\"principalTypes\":{principals},\"resourceTypes\":{resources}}}";
        var json = new SourceText($"{{\"\":{{\"entityTypes\":{{\"A\":{{}}}},\"actions\":{{\"a\":{{\"appliesTo\":{appliesTo}}}}}}}}}");
        var formatted = SchemaPrinter.Print(SchemaJson.Parse(json).Document!).Text!;

        Assert.Equal("entity A;\n\naction a;\n", formatted);
        Assert.Equal(SchemaText.Of(Schema.ParseJson(json)), SchemaText.Of(Schema.Parse(new SourceText(formatted))));
    }

    private static string Format(string text) => SchemaPrinter.Print(SchemaParser.Parse(new SourceText(text)).Document!).Text!;
}
