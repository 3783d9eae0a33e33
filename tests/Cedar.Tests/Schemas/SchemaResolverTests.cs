using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>What names in a schema stand for, as in the reference implementation.</summary>
public sealed class SchemaResolverTests
{
    [Theory]
    [InlineData("entity A in B; entity B in A;", "entity A in [A, B] {}\nentity B in [A, B] {}\n")]
    [InlineData("entity A in B; entity B in C; entity C;", "entity A in [B, C] {}\nentity B in [C] {}\nentity C in [] {}\n")]
    [InlineData("entity A {a: T}; type T = {b?: U}; type U = Set<ipaddr>;", "entity A in [] {a: {b?: Set<ipaddr>}}\n")]
    [InlineData("entity A enum [\"x\", \"y\", \"x\"];", "entity A in [] {} enum [x, y]\n")]
    [InlineData("entity String {a: String, b: __cedar::String};", "entity String in [] {a: `String`, b: String}\n")]
    [InlineData("namespace N {entity String {a: String};}", "entity N::String in [] {a: `N::String`}\n")]
    [InlineData("entity ipaddr; namespace N {entity A {a: ipaddr};}", "entity N::A in [] {a: `ipaddr`}\nentity ipaddr in [] {}\n")]
    [InlineData("type ipaddr = Long; entity A {a: ipaddr, b: __cedar::ipaddr};", "entity A in [] {a: Long, b: ipaddr}\n")]
    [InlineData("type B = {}; entity B; entity A in B {a: B};", "entity A in [B] {a: {}}\nentity B in [] {}\n")]
    [InlineData("entity Y; namespace A { entity X {a: Y}; }", "entity A::X in [] {a: `Y`}\nentity Y in [] {}\n")]
    [InlineData("namespace A::B { entity X {a: X, b: A::B::X}; }", "entity A::B::X in [] {a: `A::B::X`, b: `A::B::X`}\n")]
    [InlineData("entity B; namespace B {entity X;}", "entity B in [] {}\nentity B::X in [] {}\n")]
    [InlineData("action a; entity A {a: Action};", "entity A in [] {a: `Action`}\nAction::\"a\" in [] (; ; {})\n")]
    [InlineData("namespace N { action a in b; } action b in c; action c;",
        "Action::\"b\" in [Action::\"c\"] (; ; {})\nAction::\"c\" in [] (; ; {})\nN::Action::\"a\" in [Action::\"b\", Action::\"c\"] (; ; {})\n")]
    [InlineData("namespace A {action a in B::Action::\"b\";} namespace B {action b;}",
        "A::Action::\"a\" in [B::Action::\"b\"] (; ; {})\nB::Action::\"b\" in [] (; ; {})\n")]
    [InlineData("action a appliesTo {principal: [A, A], resource: N::B, context: C}; entity A; namespace N {entity B;} type C = {x: A};",
        "entity A in [] {}\nentity N::B in [] {}\nAction::\"a\" in [] (A; N::B; {x: `A`})\n")]
    [InlineData("entity C tags T; type T = {a: C};", "entity C in [] {} tags {a: `C`}\n")]
    public void Schema_MeansThat(string text, string shape)
    {
        var result = Schema.Parse(new SourceText(text));

        Assert.Equal(shape, SchemaText.Of(result));
    }

    [Fact]
    public void SeveralDocuments_MakeOneSchema()
    {
        var first = SchemaParser.Parse(new SourceText("a", "entity A in N::B;")).Document!;
        var second = SchemaParser.Parse(new SourceText("b", "namespace N { entity B {a: A, c: D}; }")).Document!;

        Assert.Equal("b", Assert.Single(SchemaResolver.Resolve(first, second).Diagnostics).Source.Name);
        var third = SchemaParser.Parse(new SourceText("c", "namespace N { entity B {a: A}; }")).Document!;
        Assert.Equal("entity A in [N::B] {}\nentity N::B in [] {a: `A`}\n", SchemaText.Of(SchemaResolver.Resolve(first, third)));
    }

    [Fact]
    public void TypesThatDouble_AreRefused()
    {
        const int Doublings = 60;
        var text = "type T0 = Long;" + string.Concat(Enumerable.Range(1, Doublings).Select(i => $"type T{i} = {{a: T{i - 1}, b: T{i - 1}}};"));

        Assert.Equal(CedarCodes.TooLarge, Assert.Single(Schema.Parse(new SourceText(text)).Diagnostics).Code);
    }

    [Theory]
    [InlineData(150, null)]
    [InlineData(100_000, CedarCodes.TooDeep)]
    public void ChainsOfTypes_AreLimited(int length, string? code)
    {
        var links = Enumerable.Range(0, length).Select(i => $"type T{i} = T{i + 1};").ToList();
        var forward = Schema.Parse(new SourceText(string.Concat(links) + $"type T{length} = Long;"));
        links.Reverse();
        var backward = Schema.Parse(new SourceText($"type T{length} = Long;" + string.Concat(links)));

        Assert.Equal(code, forward.Diagnostics.SingleOrDefault()?.Code);
        Assert.Equal(code, backward.Diagnostics.SingleOrDefault()?.Code);
    }

    [Fact]
    public void LargeHierarchies_AreLimited()
    {
        const int Length = 20_000;
        var text = string.Concat(Enumerable.Range(0, Length).Select(i => $"entity E{i} in E{i + 1};")) + $"entity E{Length};";

        Assert.Equal(CedarCodes.TooLarge, Assert.Single(Schema.Parse(new SourceText(text)).Diagnostics).Code);
    }

    [Fact]
    public void ManyUnknownNames_AreReportedQuickly()
    {
        const int Count = 20_000;
        var text = string.Concat(Enumerable.Range(0, Count).Select(i => $"entity Entity{i} in Entidy{i};"));

        Assert.Equal("did you mean `Entity0`?", Schema.Parse(new SourceText(text)).Diagnostics[0].Help);
    }
}
