using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>What reports on schemas say, one of every code; and that one mistake does not hide the next.</summary>
public sealed class SchemaMessageTests
{
    [Theory]
    [InlineData("namespace A {} namespace A {}", "CEDAR0101", "A", "namespace `A` is declared twice", "put the declarations into one")]
    [InlineData("entity A; entity A;", "CEDAR0102", "A", "entity type `A` is declared twice", null)]
    [InlineData("type T = Long; type T = Long;", "CEDAR0102", "T", "type `T` is declared twice", null)]
    [InlineData("action a, \"a\";", "CEDAR0103", "\"a\"", "action \"a\" is declared twice", null)]
    [InlineData("type Set = Long;", "CEDAR0104", "Set", "`Set` is reserved and cannot be the name of a common type", null)]
    [InlineData("entity Action;", "CEDAR0104", "Action", "`Action` is reserved and cannot be the name of an entity type", "actions are declared by `action`")]
    [InlineData(
        "entity Y; namespace A { entity Y; }", "CEDAR0105", "Y", "`A::Y` hides `Y`", "give one of them another name, or move it into a namespace")]
    [InlineData(
        "namespace A { action b; } action b;", "CEDAR0105", "b", "action \"b\" hides the one outside of the namespace", "give one of them another name")]
    [InlineData("entity Agent { a: Sting };", "CEDAR0106", "Sting", "there is no type `Sting`", "did you mean `String`?")]
    [InlineData("entity Agent; entity Tool in Agnet;", "CEDAR0106", "Agnet", "there is no entity type `Agnet`", "did you mean `Agent`?")]
    [InlineData("action call; action list in cal;", "CEDAR0107", "cal", "there is no action \"cal\"", "did you mean `call`?")]
    [InlineData("action a in B::\"zzz\";", "CEDAR0107", "B::\"zzz\"", "there is no action `B::\"zzz\"`", null)]
    [InlineData(
        "type T = Set<T>;", "CEDAR0108", "T", "type `T` is made of itself", "a recursive structure is made of entities that refer to each other")]
    [InlineData("action a in a;", "CEDAR0109", "a", "action `Action::\"a\"` is in itself", null)]
    [InlineData(
        "entity A; type C = Long; action a appliesTo { principal: A, resource: A, context: C };",
        "CEDAR0110", "C", "the context of action \"a\" is not a record", null)]
    [InlineData(
        "entity A; action a appliesTo { principal: A };", "CEDAR0111", "appliesTo { principal: A }", "`resource` is missing",
        "an action applies to at least one type of principals and one of resources")]
    [InlineData(
        "entity A; action a appliesTo { principal: A, principal: A, resource: A };",
        "CEDAR0111", "principal", "`principal` is given twice", "join them in one list")]
    [InlineData("action a in [];", "CEDAR0112", "[]", "the list is empty", "name at least one, or leave the clause out")]
    [InlineData("entity A { a: Long, a: String };", "CEDAR0113", "a", "attribute `a` is given twice; the last one counts", null)]
    [InlineData("entity Long;", "CEDAR0114", "Long", "`Long` hides the built-in type of that name", "the built-in type is `__cedar::Long` now")]
    [InlineData("entity B; type B = Long;", "CEDAR0115", "B", "entity type `B` is hidden by the common type of that name", null)]
    [InlineData(
        "namespace A { namespace B { entity C; } }", "CEDAR0116", "namespace", "a namespace cannot stand in a namespace",
        "write `namespace A::B { … }` beside it")]
    [InlineData("namespace A::__cedar {}", "CEDAR0117", "A::__cedar", "`__cedar` is reserved and cannot name a namespace", null)]
    [InlineData("entty A;", "CEDAR0001", "entty", "expected `entity`, `action`, `type` or `namespace`, found `entty`", "did you mean `entity`?")]
    [InlineData("entity if;", "CEDAR0006", "if", "`if` is a reserved word", null)]
    public void Mistake_IsReported(string text, string code, string underlined, string message, string? help)
    {
        var diagnostic = Assert.Single(Schema.Parse(new SourceText(text)).Diagnostics);

        Assert.Equal((code, underlined, message, help), (diagnostic.Code, SchemaRow.Underlined(text, diagnostic), diagnostic.Message, diagnostic.Help));
    }

    [Theory]
    [InlineData(
        "entity A { a: Foo, b: Bar }; entity B in Baz; action a in zzz appliesTo { principal: P, resource: R, context: C };",
        "CEDAR0106 `Foo`; CEDAR0106 `Bar`; CEDAR0106 `Baz`; CEDAR0107 `zzz`; CEDAR0106 `P`; CEDAR0106 `R`; CEDAR0106 `C`")]
    [InlineData("entity A; entity A; action b, b; type T = T; namespace N { entity Action; }", "CEDAR0102 `A`; CEDAR0103 `b`; CEDAR0108 `T`; CEDAR0104 `Action`")]
    [InlineData("entity A = Long;\nentty B;\ntype T Long;\naction;\nentity C {};", "CEDAR0001 `Long`; CEDAR0001 `entty`; CEDAR0001 `Long`; CEDAR0001 `;`")]
    [InlineData("namespace N {\n entity A = ;\n action b in [];\n}\nentity if;", "CEDAR0001 `;`; CEDAR0112 `[]`; CEDAR0006 `if`")]
    [InlineData("entity A { x: { y: , z: Long }, w: Long };\nentity B in ;\nentity C;", "CEDAR0001 `,`; CEDAR0001 `;`")]
    [InlineData("@a @a entity A;\n@b( entity B;\n@c(\"\\q\") entity C;", "CEDAR0013 `@a`; CEDAR0001 `entity`; CEDAR0004 `\\q`")]
    public void SeveralMistakes_AreAllReported(string text, string expected) =>
        Assert.Equal(expected, SchemaRow.Reports(text, Schema.Parse(new SourceText(text)).Diagnostics));

    [Theory]
    [InlineData("{\"\":{\"entityType\":{},\"actions\":{}}}", "CEDAR0303", "\"entityType\"", "unknown name \"entityType\"", "did you mean `entityTypes`?")]
    [InlineData(
        "{\"\":{\"entityTypes\":{\"A\":{\"memberOfType\":[]}},\"actions\":{}}}",
        "CEDAR0303", "\"memberOfType\"", "unknown name \"memberOfType\"", "did you mean `memberOfTypes`?")]
    [InlineData(
        "{\"\":{\"entityTypes\":{\"A\":{\"tags\":{\"type\":\"Extension\",\"name\":\"ipadr\"}}},\"actions\":{}}}",
        "CEDAR0106", "\"ipadr\"", "there is no extension type \"ipadr\"", "did you mean `ipaddr`?")]
    [InlineData(
        "{\"\":{\"entityTypes\":{\"A\":{\"tags\":{\"type\":\"Entity\",\"name\":\"Agnet\"}},\"Agent\":{}},\"actions\":{}}}",
        "CEDAR0106", "\"Agnet\"", "there is no entity type `Agnet`", "did you mean `Agent`?")]
    [InlineData(
        "{\"\":{\"entityTypes\":{},\"actions\":{\"a\":{\"attributes\":{}}}}}",
        "CEDAR0305", "{}", "actions have no attributes", "leave `attributes` out")]
    [InlineData(
        "{\"\":{\"entityTypes\":{\"a b\":{}},\"actions\":{}}}",
        "CEDAR0305", "\"a b\"", "\"a b\" is no name of an entity type", "names are made of letters, digits and `_`")]
    public void MistakeInJson_IsReported(string text, string code, string underlined, string message, string? help)
    {
        var diagnostic = Schema.ParseJson(new SourceText(text)).Diagnostics[^1];

        Assert.Equal((code, underlined, message, help), (diagnostic.Code, SchemaRow.Underlined(text, diagnostic), diagnostic.Message, diagnostic.Help));
    }

    [Fact]
    public void SeveralMistakesInJson_AreAllReported()
    {
        const string Text =
            """{"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":1},"b":{"type":"Set"}}},"tag":{}}},"action":{}},"1":{}}""";

        Assert.Equal(
            "CEDAR0304 `{`; CEDAR0302 `1`; CEDAR0304 `{`; CEDAR0303 `\"tag\"`; CEDAR0303 `\"action\"`; CEDAR0305 `\"1\"`",
            SchemaRow.Reports(Text, Schema.ParseJson(new SourceText(Text)).Diagnostics));
    }

    [Fact]
    public void DeepTypes_AreRejected()
    {
        var deep = string.Concat(Enumerable.Repeat("Set<", 5_000));
        var type = string.Concat(Enumerable.Repeat("{\"type\":\"Set\",\"element\":", 150)) + "{\"type\":\"Long\"}" + new string('}', 150);
        var json = $"{{\"\":{{\"entityTypes\":{{}},\"actions\":{{}},\"commonTypes\":{{\"T\":{type}}}}}}}";

        Assert.Equal("CEDAR0020", Schema.Parse(new SourceText($"type T = {deep}")).Diagnostics[0].Code);
        Assert.Equal("CEDAR0020", Assert.Single(Schema.ParseJson(new SourceText(json)).Diagnostics).Code);
    }
}
