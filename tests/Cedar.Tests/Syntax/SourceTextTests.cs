using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("", 0, 1, 1)]
    [InlineData("abc", 2, 1, 3)]
    [InlineData("a\nb", 1, 1, 2)]
    [InlineData("a\nb", 2, 2, 1)]
    [InlineData("a\r\nbc", 4, 2, 2)]
    [InlineData("a\n", 2, 2, 1)]
    [InlineData("😀x", 2, 1, 2)]
    [InlineData("éx", 1, 1, 2)]
    [InlineData("abc", 99, 1, 4)]
    [InlineData("abc", -1, 1, 1)]
    public void Offset_HasLineAndColumn(string text, int offset, int line, int column) =>
        Assert.Equal((line, column), new SourceText(text).GetLineColumn(offset));

    [Fact]
    public void Lines_AreWithoutEndings()
    {
        var source = new SourceText("a\r\nb\n");

        Assert.Equal(3, source.LineCount);
        Assert.Equal(["", "a", "b", "", ""], Enumerable.Range(0, 5).Select(source.GetLine));
        Assert.Equal(3, source.GetLineStart(2));
        Assert.Equal("<input>", source.Name);
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c*", "\"a\\\"b\\\\c*\"")]
    [InlineData("\n\r\t\0\u001b", "\"\\n\\r\\t\\0\\u{1b}\"")]
    [InlineData("é😀", "\"é😀\"")]
    public void Quote_ReadsBackAsTheSame(string text, string quoted)
    {
        Assert.Equal(quoted, CedarString.Quote(text));
        Assert.Equal(text, CedarParser.ParseExpression(new SourceText(quoted)).Expression is Expr.Literal { Value: Cedar.Values.StringValue s } ? s.Value : null);
    }

    [Fact]
    public void Quote_OfALoneSurrogate_ShowsItsNumber() => Assert.Equal("\"\\u{dc80}\"", CedarString.Quote("\udc80"));

    [Fact]
    public void Span_CoversBoth() => Assert.Equal(new SourceSpan(2, 8), SourceSpan.Covering(new SourceSpan(5, 5), new SourceSpan(2, 1)));
}
