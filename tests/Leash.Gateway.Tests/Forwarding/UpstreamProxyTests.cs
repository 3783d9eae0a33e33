using System.Net;
using Leash.Gateway.Forwarding;

namespace Leash.Gateway.Tests.Forwarding;

public sealed class UpstreamProxyTests
{
    [Theory]
    [InlineData("http://proxy.test:3128", "http://proxy.test:3128")]
    [InlineData("proxy.test:3128", "http://proxy.test:3128")]
    [InlineData("http://user:s3cr3t@proxy.test", "http://proxy.test:80")]
    [InlineData("https://proxy.test", "https://proxy.test:443")]
    [InlineData("socks5://user:s3cr3t@proxy.test", "socks5://proxy.test:1080")]
    [InlineData("socks5h://[2001:db8::1]:1081", "socks5://[2001:db8::1]:1081")]
    public void Url_IsRead_AndShownWithoutCredential(string url, string shown)
    {
        Assert.True(UpstreamProxy.TryParse(url, "", out var proxy));
        Assert.Equal(shown, proxy!.ToString());
    }

    [Theory]
    [InlineData("socks4://proxy.test")]
    [InlineData("socks5://")]
    [InlineData("http://")]
    [InlineData("ftp://s3cr3t@proxy.test")]
    public void Url_OfAnotherKind_IsAProblemThatDoesNotRepeatIt(string url)
    {
        Assert.Null(UpstreamProxy.FromEnvironment(name => name == "HTTPS_PROXY" ? url : null, out var problem));
        Assert.NotNull(problem);
        Assert.DoesNotContain("s3cr3t", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_SmallLettersFirst_NoneIsNone()
    {
        var variables = new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://b.test", ["https_proxy"] = "http://a.test", ["NO_PROXY"] = "x.test" };
        var proxy = UpstreamProxy.FromEnvironment(variables.GetValueOrDefault, out var problem);
        Assert.Equal(("a.test", null), (proxy!.Host, problem));
        Assert.False(proxy.IsFor("x.test", null));
        Assert.Null(UpstreamProxy.FromEnvironment(_ => null, out problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Variables_ThatNameASocksProxy_AreFound()
    {
        var variables = new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://a.test", ["all_proxy"] = "socks5h://b.test", ["ALL_PROXY"] = "SOCKS4://b.test", ["NO_PROXY"] = "socks.test" };
        Assert.Equal(["all_proxy", "ALL_PROXY"], UpstreamProxy.SocksVariables(variables.GetValueOrDefault));
    }

    [Theory]
    [InlineData("site.test", null, true)]
    [InlineData("localhost", null, false)]
    [InlineData("site.test", "127.0.0.1", false)]
    [InlineData("inside.test", null, false)]
    [InlineData("a.inside.test", null, false)]
    [InlineData("notinside.test", null, true)]
    [InlineData("a.dotted.test", null, false)]
    [InlineData("site.test", "10.1.2.3", false)]
    [InlineData("site.test", "11.1.2.3", true)]
    [InlineData("site.test", "192.0.2.9", false)]
    [InlineData("site.test", "2001:db8::9", true)]
    public void Exceptions_AreReachedDirectly(string host, string? address, bool isFor)
    {
        Assert.True(UpstreamProxy.TryParse("http://proxy.test", "inside.test, .dotted.test,10.0.0.0/8,192.0.2.9", out var proxy));
        Assert.Equal(isFor, proxy!.IsFor(host, address is null ? null : IPAddress.Parse(address)));
    }

    [Fact]
    public void Star_IsEverything()
    {
        Assert.True(UpstreamProxy.TryParse("http://proxy.test", "*", out var proxy));
        Assert.False(proxy!.IsFor("site.test", null));
    }
}
