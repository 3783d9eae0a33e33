using Leash.Http.Canonical;

namespace Leash.Http.Tests.Canonical;

/// <summary>What servers may take a canonical path for.</summary>
public sealed class ReadingTests
{
    [Theory]
    [InlineData("/a/b")]
    [InlineData("/a.b~c")]
    [InlineData("/%C3%A9")]
    [InlineData("/a/%20")]
    public void PlainPath_HasOneReading(string path) => Assert.Empty(UrlPath.OtherReadings(path));

    [Theory]
    [InlineData("/@a%2Fb", "/@a/b")]
    [InlineData("/a;x=1/b", "/a/b")]
    [InlineData("/a//b/", "/a/b/")]
    [InlineData("/a%40b", "/a@b")]
    [InlineData("/a%3Bx", "/a", "/a;x")]
    [InlineData("/a%2F%2Fb", "/a//b", "/a/b")]
    [InlineData("/a%40b;x", "/a%40b", "/a@b", "/a@b;x")]
    [InlineData("//", "/")]
    public void OtherPath_HasSeveral(string path, params string[] others) => Assert.Equal(others.Order(StringComparer.Ordinal), UrlPath.OtherReadings(path).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("a=b", "a=b")]
    [InlineData("a%3Db%26c%2Fd", "a=b&c/d")]
    [InlineData("a%20b%C3%A9%2541", "a%20b%C3%A9%2541")]
    public void Query_IsReadDecodedToo(string query, string decoded) => Assert.Equal(decoded, UrlPath.DecodedQuery(query));
}
