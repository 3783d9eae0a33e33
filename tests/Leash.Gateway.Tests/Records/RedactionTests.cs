using Leash.Gateway.Decisions;
using Leash.Gateway.Records;

namespace Leash.Gateway.Tests.Records;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "?")]
    [InlineData("?a=1&b=2", "?a=***&b=***")]
    [InlineData("?token", "?***")]
    [InlineData("?a=&b", "?a=&***")]
    [InlineData("?a=b=c", "?a=***")]
    [InlineData("?=secret", "?***")]
    [InlineData("?&a=1", "?&a=***")]
    public void Query_KeepsNamesOnly(string query, string shown) => Assert.Equal(shown, QueryText.Redact(query));

    [Fact]
    public void Query_OfAnyLength_IsShort() => Assert.InRange(QueryText.Redact("?" + string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"a{i}=b"))).Length, 1000, 1030);

    [Fact]
    public void Rewrite_NeverPrintsItsValue()
    {
        Assert.Equal("Set Authorization", HeaderRewrite.Set("Authorization", "s3cr3t").ToString());
        var verdict = GatewayVerdict.Allow([], [HeaderRewrite.Add("X-Key", "s3cr3t")]);
        Assert.DoesNotContain("s3cr3t", verdict.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "x")]
    [InlineData("content-length", "1")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("X Key", "x")]
    [InlineData("", "x")]
    [InlineData("X-Key", "a\r\nInjected: b")]
    [InlineData("X-Key", "a\0")]
    public void Rewrite_ThatWouldFrameTheMessage_CannotBeMade(string name, string value) =>
        Assert.DoesNotContain("Injected", Assert.Throws<ArgumentException>(() => HeaderRewrite.Set(name, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void Refusals_HaveCodesOfTheirOwn()
    {
        var all = Enum.GetValues<GatewayRefusal>();
        Assert.Equal(all.Length, all.Select(refusal => refusal.ToCode()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, refusal => Assert.InRange(refusal.ToStatus(), 400, 599));
        Assert.All(all, refusal => Assert.Matches("^[a-z-]+$", refusal.ToCode()));
    }
}
