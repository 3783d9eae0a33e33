using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Tests.Schemas;

/// <summary>What is read of schemas in Cedar syntax: documents with places, and all that is wrong in broken ones.</summary>
public sealed class SchemaParserTests
{
    [Fact]
    public void AllMistakes_AreReported()
    {
        var parsed = SchemaParser.Parse(new SourceText("""
            entty A;
            entity B { a Long, b: {1: Long, c: Long; d: Long}, e: Set<> };
            namespace N {
              action x appliesTo { principl: A, resource: [A B], context: {} };
              type T Long;
              entity C {a: Long;};
              entity D {a: Long
              entity E;
              namespace F {}
            }
            entity 1;
            entity G;;
            """));

        Assert.Equal([1, 2, 2, 2, 2, 4, 4, 5, 6, 8, 9, 11, 12], parsed.Diagnostics.Select(d => d.Source.GetLineColumn(d.Span.Start).Line));
        Assert.Equal("did you mean `entity`?", parsed.Diagnostics[0].Help);
        Assert.Equal("did you mean `principal`?", parsed.Diagnostics[5].Help);
    }

    [Fact]
    public void AttributeGivenTwice_IsAWarning_AndTheLastCounts()
    {
        var result = Schema.Parse(new SourceText("entity A {a: Long, \"a\"?: String};"));

        Assert.Equal("entity A in [] {a?: String}\n", SchemaText.Of(result));
        Assert.Equal((CedarCodes.DuplicateAttribute, Severity.Warning), (Assert.Single(result.Diagnostics).Code, result.Diagnostics[0].Severity));
    }

    [Fact]
    public void Document_KeepsOrderGroupsAndPlaces()
    {
        const string Text = "@x(\"y\") entity A, B in C; namespace N { type T = {a?: A}; } action go;";
        var document = SchemaParser.Parse(new SourceText(Text)).Document!;
        string At(SourceSpan span) => Text.Substring(span.Start, span.Length);

        Assert.Equal(["", "N"], document.Namespaces.Select(space => space.Name.Text));
        var entity = Assert.IsType<SchemaDeclaration.EntityType>(document.Namespaces[0].Declarations[0]);
        Assert.Equal(["A", "B"], entity.Names.Select(name => name.Text));
        Assert.Equal("@x(\"y\") entity A, B in C;", At(entity.Span));
        Assert.Equal("@x(\"y\")", At(Assert.Single(entity.Annotations).Span));
        Assert.Equal("C", At(Assert.Single(entity.MemberOf).Span));
        var common = Assert.IsType<SchemaDeclaration.CommonType>(Assert.Single(document.Namespaces[1].Declarations));
        Assert.Equal("{a?: A}", At(common.Type.Span));
        Assert.Equal("a?: A", At(Assert.Single(Assert.IsType<WrittenType.Record>(common.Type).Attributes).Span));
        Assert.Equal("go", Assert.Single(Assert.IsType<SchemaDeclaration.Action>(document.Namespaces[0].Declarations[1]).Names).Text);
    }

    [Theory]
    [InlineData("entity A {a: ", "Set<")]
    [InlineData("type T = ", "{a: ")]
    [InlineData("", "namespace A {")]
    [InlineData("", "@a ")]
    [InlineData("entity A in [", "A, ")]
    public void RepeatedWithoutEnd_IsRefusedQuickly(string start, string repeated)
    {
        var text = start + string.Concat(Enumerable.Repeat(repeated, 100_000));

        Assert.True(SchemaParser.Parse(new SourceText(text)).HasErrors);
    }
}
