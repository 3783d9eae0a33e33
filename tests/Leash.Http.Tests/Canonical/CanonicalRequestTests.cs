using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Http.Tests.Canonical;

/// <summary>Every way to write a request that two servers could understand differently, and its harmless twin.</summary>
public sealed class CanonicalRequestTests
{
    [Theory]
    [InlineData("/", "/", null)]
    [InlineData("/a/b", "/a/b", null)]
    [InlineData("/a?b=c", "/a", "b=c")]
    [InlineData("/a?", "/a", "")]
    [InlineData("/?a?b", "/", "a?b")]
    [InlineData("/%61%2d%2E%5f%7Eb", "/a-._~b", null)]
    [InlineData("/a%2fb", "/a%2Fb", null)]
    [InlineData("/a%3bb", "/a%3Bb", null)]
    [InlineData("/%e4%bd%a0", "/%E4%BD%A0", null)]
    [InlineData("/a|b[1]", "/a%7Cb%5B1%5D", null)]
    [InlineData("/a?b[0]={\"x\"}", "/a", "b%5B0%5D=%7B%22x%22%7D")]
    [InlineData("/a?x=\\y", "/a", "x=%5Cy")]
    [InlineData("/a;v=1/b", "/a;v=1/b", null)]
    [InlineData("/a//b", "/a//b", null)]
    [InlineData("/...", "/...", null)]
    [InlineData("/.well-known/x", "/.well-known/x", null)]
    [InlineData("/a..b", "/a..b", null)]
    [InlineData("/a%25", "/a%25", null)]
    [InlineData("/a%25zz", "/a%25zz", null)]
    [InlineData("/a?u=%252F", "/a", "u=%252F")]
    [InlineData("/a?b=%ff", "/a", "b=%FF")]
    [InlineData("http://x.com/a?b", "/a", "b")]
    [InlineData("HTTP://X.com", "/", null)]
    [InlineData("http://x.com?q", "/", "q")]
    [InlineData("http://x.com:80/a", "/a", null)]
    public void Target_HasOneForm(string target, string path, string? query)
    {
        var request = Read(target);
        Assert.Equal((path, query), (request.Path, request.Query));
        Assert.Equal(query is null ? path : $"{path}?{query}", request.Target);
    }

    [Theory]
    [InlineData("", RequestRefusal.BadTarget)]
    [InlineData("a", RequestRefusal.BadTarget)]
    [InlineData("*", RequestRefusal.BadTarget)]
    [InlineData("x.com:80", RequestRefusal.BadTarget)]
    [InlineData("ftp://x.com/", RequestRefusal.BadTarget)]
    [InlineData("https://x.com/", RequestRefusal.SchemeMismatch)]
    [InlineData("//x.com/a", RequestRefusal.None)]
    [InlineData("/a b", RequestRefusal.BadCharacter)]
    [InlineData("/a\tb", RequestRefusal.BadCharacter)]
    [InlineData("/a\0", RequestRefusal.BadCharacter)]
    [InlineData("/a\r\nX: 1", RequestRefusal.BadCharacter)]
    [InlineData("/é", RequestRefusal.BadCharacter)]
    [InlineData("/a?é", RequestRefusal.BadCharacter)]
    [InlineData("/a?b c", RequestRefusal.BadCharacter)]
    [InlineData("/a#b", RequestRefusal.Fragment)]
    [InlineData("/a?b#c", RequestRefusal.Fragment)]
    [InlineData("/%", RequestRefusal.BadPercent)]
    [InlineData("/%4", RequestRefusal.BadPercent)]
    [InlineData("/%zz", RequestRefusal.BadPercent)]
    [InlineData("/%u0041", RequestRefusal.BadPercent)]
    [InlineData("/a?b=%", RequestRefusal.BadPercent)]
    [InlineData("/a%00", RequestRefusal.EncodedControl)]
    [InlineData("/a%0d%0a", RequestRefusal.EncodedControl)]
    [InlineData("/a%7f", RequestRefusal.EncodedControl)]
    [InlineData("/a?b=%00", RequestRefusal.EncodedControl)]
    [InlineData("/a\\b", RequestRefusal.Backslash)]
    [InlineData("\\a", RequestRefusal.BadTarget)]
    [InlineData("/a%5cb", RequestRefusal.Backslash)]
    [InlineData("/a%252e", RequestRefusal.DoubleEncoding)]
    [InlineData("/a%25%32%66", RequestRefusal.DoubleEncoding)]
    [InlineData("/%c0%af", RequestRefusal.NotUtf8)]
    [InlineData("/%c0%ae%c0%ae/", RequestRefusal.NotUtf8)]
    [InlineData("/%e0%80%af", RequestRefusal.NotUtf8)]
    [InlineData("/%ed%a0%80", RequestRefusal.NotUtf8)]
    [InlineData("/%ff", RequestRefusal.NotUtf8)]
    [InlineData("/.", RequestRefusal.DotSegment)]
    [InlineData("/..", RequestRefusal.DotSegment)]
    [InlineData("/a/./b", RequestRefusal.DotSegment)]
    [InlineData("/a/../b", RequestRefusal.DotSegment)]
    [InlineData("/a/%2e%2e/b", RequestRefusal.DotSegment)]
    [InlineData("/a/.%2E", RequestRefusal.DotSegment)]
    [InlineData("/a/..;/b", RequestRefusal.DotSegment)]
    [InlineData("/a/..;x=1/b", RequestRefusal.DotSegment)]
    [InlineData("/a/.;b", RequestRefusal.DotSegment)]
    [InlineData("/a/..%3bx/b", RequestRefusal.DotSegment)]
    [InlineData("/a%2f..%2fb", RequestRefusal.DotSegment)]
    [InlineData("/a/..%2fb", RequestRefusal.DotSegment)]
    [InlineData("http://u:p@x.com/", RequestRefusal.UserInfo)]
    [InlineData("http://x.com@y.com/", RequestRefusal.UserInfo)]
    [InlineData("http://x.com\\@y.com/", RequestRefusal.Backslash)]
    [InlineData("http://y.com/", RequestRefusal.HostMismatch)]
    [InlineData("http:///a", RequestRefusal.NoHost)]
    [InlineData("http://x.com:81/", RequestRefusal.HostMismatch)]
    public void Target_IsRefused(string target, RequestRefusal refusal) => Assert.Equal(refusal, Refusal(target));

    [Theory]
    [InlineData("X.Com", "x.com", 80)]
    [InlineData("x.com:80", "x.com", 80)]
    [InlineData("x.com:8080", "x.com:8080", 8080)]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", 80)]
    [InlineData("a_b.x-y.com", "a_b.x-y.com", 80)]
    [InlineData("localhost", "localhost", 80)]
    [InlineData("1.2.3.4", "1.2.3.4", 80)]
    [InlineData("[::1]:81", "[::1]:81", 81)]
    [InlineData("[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]", 80)]
    [InlineData("1.2.3.4.com", "1.2.3.4.com", 80)]
    [InlineData("0x7g", "0x7g", 80)]
    [InlineData("\tx.com ", "x.com", 80)]
    public void Host_HasOneForm(string host, string authority, int port)
    {
        var request = Read("/", host);
        Assert.Equal((authority, port), (request.Authority, request.Port));
    }

    [Theory]
    [InlineData("", RequestRefusal.NoHost)]
    [InlineData(":80", RequestRefusal.NoHost)]
    [InlineData("x.com.", RequestRefusal.TrailingDot)]
    [InlineData("1.2.3.4.", RequestRefusal.TrailingDot)]
    [InlineData("bücher.example", RequestRefusal.NonAsciiHost)]
    [InlineData("ｘ.com", RequestRefusal.NonAsciiHost)]
    [InlineData("u@x.com", RequestRefusal.UserInfo)]
    [InlineData("x..com", RequestRefusal.BadHost)]
    [InlineData(".x.com", RequestRefusal.BadHost)]
    [InlineData("x%2ecom", RequestRefusal.BadHost)]
    [InlineData("x.com/a", RequestRefusal.BadHost)]
    [InlineData("x com", RequestRefusal.BadHost)]
    [InlineData("x.com,y.com", RequestRefusal.BadHost)]
    [InlineData("*.x.com", RequestRefusal.BadHost)]
    [InlineData("a:b:80", RequestRefusal.BadHost)]
    [InlineData("::1", RequestRefusal.BadHost)]
    [InlineData("[::1", RequestRefusal.BadHost)]
    [InlineData("[::1]x", RequestRefusal.BadHost)]
    [InlineData("[fe80::1%25eth0]", RequestRefusal.BadHost)]
    [InlineData("[fe80::1%eth0]", RequestRefusal.BadHost)]
    [InlineData("[v1.x]", RequestRefusal.BadHost)]
    [InlineData("[1.2.3.4]", RequestRefusal.BadHost)]
    [InlineData("[::ffff:1.2.3.4]", RequestRefusal.OddAddress)]
    [InlineData("[::ffff:102:304]", RequestRefusal.OddAddress)]
    [InlineData("[::1.2.3.4]", RequestRefusal.OddAddress)]
    [InlineData("2130706433", RequestRefusal.OddAddress)]
    [InlineData("127.1", RequestRefusal.OddAddress)]
    [InlineData("0x7f.1", RequestRefusal.OddAddress)]
    [InlineData("0x7f000001", RequestRefusal.OddAddress)]
    [InlineData("0X7F.0x0.0x0.0x1", RequestRefusal.OddAddress)]
    [InlineData("0177.0.0.1", RequestRefusal.OddAddress)]
    [InlineData("1.2.3.04", RequestRefusal.OddAddress)]
    [InlineData("256.1.1.1", RequestRefusal.OddAddress)]
    [InlineData("a.1", RequestRefusal.OddAddress)]
    [InlineData("x.0x", RequestRefusal.OddAddress)]
    [InlineData("x.com:", RequestRefusal.BadPort)]
    [InlineData("x.com:0", RequestRefusal.BadPort)]
    [InlineData("x.com:080", RequestRefusal.BadPort)]
    [InlineData("x.com:65536", RequestRefusal.BadPort)]
    [InlineData("x.com:+80", RequestRefusal.BadPort)]
    [InlineData("x.com:http", RequestRefusal.BadPort)]
    public void Host_IsRefused(string host, RequestRefusal refusal) => Assert.Equal(refusal, Refusal("/", host));

    [Theory]
    [InlineData("GET", RequestRefusal.None)]
    [InlineData("PROPFIND", RequestRefusal.None)]
    [InlineData("M-SEARCH", RequestRefusal.None)]
    [InlineData("get", RequestRefusal.BadMethod)]
    [InlineData("Get", RequestRefusal.BadMethod)]
    [InlineData("", RequestRefusal.BadMethod)]
    [InlineData("G T", RequestRefusal.BadMethod)]
    [InlineData("GÉT", RequestRefusal.BadMethod)]
    [InlineData("GETGETGETGETGETGETGETGETGETGETGET", RequestRefusal.BadMethod)]
    public void Method_IsAToken(string method, RequestRefusal refusal) => Assert.Equal(refusal, RequestCanonicalizer.Canonicalize(Raw("/") with { Method = method }).Refusal);

    [Theory]
    [InlineData("OPTIONS", "*", "*")]
    [InlineData("OPTIONS", "http://x.com", "*")]
    [InlineData("OPTIONS", "http://x.com/", "/")]
    public void Options_MayBeOfTheServer(string method, string target, string path) =>
        Assert.Equal(path, RequestCanonicalizer.Canonicalize(Raw(target) with { Method = method }).Request!.Path);

    [Theory]
    [InlineData("x.com:443", "x.com:443", RequestRefusal.None)]
    [InlineData("x.com:443", null, RequestRefusal.None)]
    [InlineData("[::1]:443", null, RequestRefusal.None)]
    [InlineData("x.com", null, RequestRefusal.BadPort)]
    [InlineData("x.com:443/", null, RequestRefusal.BadTarget)]
    [InlineData("http://x.com:443", null, RequestRefusal.BadTarget)]
    [InlineData("x.com:443", "y.com:443", RequestRefusal.HostMismatch)]
    [InlineData("x.com:443", "x.com:444", RequestRefusal.HostMismatch)]
    public void Connect_HasHostAndPort(string target, string? host, RequestRefusal refusal)
    {
        var result = RequestCanonicalizer.Canonicalize(Raw(target) with { Method = "CONNECT", Fields = host is null ? [] : [new HttpField("Host", host)] });
        Assert.Equal(refusal, result.Refusal);
        Assert.Equal(refusal == RequestRefusal.None ? target : null, result.Request?.Target);
    }

    [Theory]
    [InlineData("x.com", null, null, RequestRefusal.None)]
    [InlineData("x.com", "X.COM", null, RequestRefusal.None)]
    [InlineData("x.com", "x.com:80", null, RequestRefusal.None)]
    [InlineData(null, "x.com", null, RequestRefusal.None)]
    [InlineData("x.com", null, "X.com", RequestRefusal.None)]
    [InlineData(null, null, null, RequestRefusal.NoHost)]
    [InlineData("x.com", "y.com", null, RequestRefusal.HostMismatch)]
    [InlineData("x.com", null, "y.com", RequestRefusal.HostMismatch)]
    [InlineData("1.2.3.4", null, "x.com", RequestRefusal.HostMismatch)]
    public void HostsOfHttp2AndTls_MustAgree(string? authority, string? host, string? serverName, RequestRefusal refusal) => Assert.Equal(
        refusal,
        RequestCanonicalizer.Canonicalize(Raw("/") with
        {
            Version = RequestVersion.Http2, Authority = authority, ServerName = serverName, Fields = host is null ? [] : [new HttpField("host", host)],
        }).Refusal);

    [Theory]
    [InlineData("x.com", 80, RequestRefusal.None)]
    [InlineData("x.com:8080", 8080, RequestRefusal.None)]
    [InlineData("x.com", 8080, RequestRefusal.PortMismatch)]
    [InlineData("x.com:81", 80, RequestRefusal.PortMismatch)]
    public void Port_IsThatOfTheConnection(string host, int port, RequestRefusal refusal) =>
        Assert.Equal(refusal, RequestCanonicalizer.Canonicalize(Raw("/", host) with { Port = port }).Refusal);

    [Fact]
    public void ExtendedConnect_HasAPath()
    {
        var raw = Raw("/chat") with { Version = RequestVersion.Http2, Method = "CONNECT", Protocol = "websocket", Authority = "x.com", Fields = [] };
        var request = RequestCanonicalizer.Canonicalize(raw).Request!;
        Assert.Equal(("/chat", "websocket", false), (request.Path, request.Protocol, request.IsTunnel));
        Assert.Equal(RequestRefusal.BadTarget, RequestCanonicalizer.Canonicalize(raw with { Method = "GET" }).Refusal);
        Assert.Equal(RequestRefusal.BadTarget, RequestCanonicalizer.Canonicalize(raw with { Protocol = "a b" }).Refusal);
    }

    [Fact]
    public void Limits_AreLimits()
    {
        Assert.Equal(RequestRefusal.None, Refusal("/" + new string('a', HttpLimits.Target - 1)));
        Assert.Equal(RequestRefusal.TargetTooLong, Refusal("/" + new string('a', HttpLimits.Target)));
        Assert.Equal(RequestRefusal.None, Refusal("/?" + new string('|', (HttpLimits.Target - 2) / 3)));
        Assert.Equal(RequestRefusal.TargetTooLong, Refusal("/?" + new string('|', HttpLimits.Target / 3)));
        Assert.Equal(RequestRefusal.None, Refusal(string.Concat(Enumerable.Repeat("/a", HttpLimits.Segments))));
        Assert.Equal(RequestRefusal.TargetTooLong, Refusal(string.Concat(Enumerable.Repeat("/a", HttpLimits.Segments + 1))));
        Assert.Equal(RequestRefusal.None, Refusal("/", string.Concat(Enumerable.Repeat("a.", 126)) + "a"));
        Assert.Equal(RequestRefusal.BadHost, Refusal("/", string.Concat(Enumerable.Repeat("a.", 126)) + "aa"));
        Assert.Equal(RequestRefusal.BadHost, Refusal("/", new string('a', 64)));
    }

    private static RawRequest Raw(string target, string host = "x.com") => new()
    {
        Version = RequestVersion.Http11,
        Method = "GET",
        Target = target,
        Scheme = "http",
        Fields = [new HttpField("Host", host)],
    };

    private static RequestRefusal Refusal(string target, string host = "x.com") => RequestCanonicalizer.Canonicalize(Raw(target, host)).Refusal;

    private static CanonicalRequest Read(string target, string host = "x.com")
    {
        var result = RequestCanonicalizer.Canonicalize(Raw(target, host));
        Assert.Equal(RequestRefusal.None, result.Refusal);
        return result.Request!;
    }
}
