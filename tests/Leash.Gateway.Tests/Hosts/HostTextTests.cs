using Leash.Gateway.Hosts;

namespace Leash.Gateway.Tests.Hosts;

public sealed class HostTextTests
{
    private const int DefaultPort = 80;

    [Theory]
    [InlineData("site.test", "site.test", 80)]
    [InlineData("SITE.test:8080", "site.test", 8080)]
    [InlineData("a_b.test", "a_b.test", 80)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 65535)]
    [InlineData("[2001:DB8::1]", "2001:db8::1", 80)]
    [InlineData("[2001:db8:0:0:0:0:0:1]:443", "2001:db8::1", 443)]
    [InlineData("xn--bcher-kva.test", "xn--bcher-kva.test", 80)]
    [InlineData("1.2.3.test", "1.2.3.test", 80)]
    public void Authority_WellFormed_IsCanonical(string text, string host, int port)
    {
        Assert.True(Authority.TryParse(text, DefaultPort, out var authority));
        Assert.Equal((host, port), (authority.Host, authority.Port));
        Assert.True(Authority.TryParse(HostText.ToAuthority(host), DefaultPort, out var again));
        Assert.Equal(host, again.Host);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("site.test.")]
    [InlineData(".site.test")]
    [InlineData("site..test")]
    [InlineData("site test")]
    [InlineData("site.test/")]
    [InlineData("user@site.test")]
    [InlineData("site.test:")]
    [InlineData("site.test:0")]
    [InlineData("site.test:080")]
    [InlineData("site.test:65536")]
    [InlineData("site.test:8x")]
    [InlineData("site.test:80:80")]
    [InlineData("site%2etest")]
    [InlineData("bücher.test")]
    [InlineData("*.site.test")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.1.5")]
    [InlineData("256.0.0.1")]
    [InlineData("a.0x1")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[site.test]")]
    [InlineData("[]")]
    [InlineData("[::1]x")]
    [InlineData(":80")]
    [InlineData("[")]
    public void Authority_WithOtherReadings_IsRefused(string text) => Assert.False(Authority.TryParse(text, DefaultPort, out _));

    [Fact]
    public void Authority_ThatNeedsAPort_IsRefusedWithoutOne()
    {
        Assert.False(Authority.TryParse("site.test", 0, out _));
        Assert.True(Authority.TryParse("site.test:443", 0, out _));
    }

    [Fact]
    public void Lengths_AreThoseOfDns()
    {
        Assert.True(HostText.TryParseName(new string('a', 63) + ".test", out _));
        Assert.False(HostText.TryParseName(new string('a', 64) + ".test", out _));
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        Assert.True(HostText.TryParseName(longest + "a", out _));
        Assert.False(HostText.TryParseName(longest + "aa.a", out _));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("site.test:1", false)]
    [InlineData("", false)]
    public void Name_MayBeAnIPv4Address(string text, bool isName) => Assert.Equal(isName, HostText.TryParseName(text, out _));
}
