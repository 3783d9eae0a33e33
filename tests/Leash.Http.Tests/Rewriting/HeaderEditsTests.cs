using System.Collections.Immutable;
using Leash.Http.Rewriting;
using Leash.Http.Secrets;
using Leash.Plan;

namespace Leash.Http.Tests.Rewriting;

public sealed class HeaderEditsTests
{
    private static readonly ImmutableArray<HttpField> s_fields = [new("a", "1"), new("b", "2"), new("a", "3")];

    [Theory]
    [InlineData(HeaderOperation.Set, "a", "x", "b: 2", "a: x")]
    [InlineData(HeaderOperation.Set, "c", "x", "a: 1", "b: 2", "a: 3", "c: x")]
    [InlineData(HeaderOperation.Add, "a", "x", "a: 1", "b: 2", "a: 3", "a: x")]
    [InlineData(HeaderOperation.Remove, "a", "", "b: 2")]
    [InlineData(HeaderOperation.Remove, "c", "", "a: 1", "b: 2", "a: 3")]
    [InlineData(HeaderOperation.Set, "b", "with spaces, \"quotes\" and ü€", "a: 1", "a: 3", "b: with spaces, \"quotes\" and ü€")]
    [InlineData(HeaderOperation.Set, "b", "Bearer ${secret:K}!", "a: 1", "a: 3", "b: Bearer hidden!")]
    public void Edit_IsMade(HeaderOperation operation, string header, string value, params string[] expected)
    {
        var fields = HeaderEdits.Apply(s_fields, [new HeaderEdit(operation, header, value)], Find, out var missing);
        Assert.Null(missing);
        Assert.Equal(expected, fields!.Value.Select(field => $"{field.Name}: {field.Value}"));
    }

    [Fact]
    public void MissingSecret_MakesNothing()
    {
        var edits = new[] { new HeaderEdit(HeaderOperation.Set, "b", "x"), new HeaderEdit(HeaderOperation.Set, "a", "${secret:K} ${secret:NONE}") };
        Assert.Null(HeaderEdits.Apply(s_fields, edits, Find, out var missing));
        Assert.Equal("NONE", missing);
    }

    [Fact]
    public void SameEditTwice_IsMadeOnce() => Assert.Equal(
        4, HeaderEdits.Apply(s_fields, [new HeaderEdit(HeaderOperation.Add, "c", "x"), new HeaderEdit(HeaderOperation.Add, "c", "x")], Find, out _)!.Value.Length);

    [Theory]
    [InlineData("a", ValueProblem.None)]
    [InlineData("", ValueProblem.None)]
    [InlineData("a b\tc", ValueProblem.None)]
    [InlineData("ü\U0001F600", ValueProblem.None)]
    [InlineData("${secret:A}${secret:B/c.d-e_f}", ValueProblem.None)]
    [InlineData("$secret", ValueProblem.None)]
    [InlineData("a\nb", ValueProblem.NotSendable)]
    [InlineData("a\r", ValueProblem.NotSendable)]
    [InlineData("a\0", ValueProblem.NotSendable)]
    [InlineData("\ud800", ValueProblem.NotSendable)]
    [InlineData(" a", ValueProblem.NotSendable)]
    [InlineData("a ", ValueProblem.NotSendable)]
    [InlineData("${secret:}", ValueProblem.BadSecret)]
    [InlineData("${secret:a b}", ValueProblem.BadSecret)]
    [InlineData("${secret:-a}", ValueProblem.BadSecret)]
    [InlineData("${secret:a/../b}", ValueProblem.BadSecret)]
    [InlineData("${secret:a", ValueProblem.BadSecret)]
    public void Value_IsRead(string text, ValueProblem problem)
    {
        var value = RewriteValue.Parse(text, out var found);
        Assert.Equal(problem, found);
        Assert.Equal(problem == ValueProblem.None, value is not null);
        if (value is not null)
        {
            Assert.Equal(text, string.Concat(value.Parts.Select(part => part.IsSecret ? $"${{secret:{part.Text}}}" : part.Text)));
        }
    }

    [Fact]
    public void LongValue_IsTooLong()
    {
        Assert.NotNull(RewriteValue.Parse(new string('a', RewriteValue.MaxLength), out _));
        Assert.Null(RewriteValue.Parse(new string('a', RewriteValue.MaxLength + 1), out var problem));
        Assert.Equal(ValueProblem.TooLong, problem);
    }

    private static Secret? Find(string name) => name == "K" ? new Secret("K", "hidden") : null;
}
