using System.Net;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

public sealed class ConfigurationTests
{
    [Fact]
    public void HostsFile_UsualLines_AreReadAndOddOnesSkipped()
    {
        var hosts = HostsFile.Parse("# c\n127.0.0.1\tlocalhost box # me\n::ffff:10.0.0.7 Mapped.Example.\nnot-an-address x\n10.0.0.5 a a b\nfe80::1%2 scoped\n10.0.0.6 bad!name good\n");
        Assert.Equal([IPAddress.Loopback], hosts.Find("box")!);
        Assert.Equal([IPAddress.Parse("10.0.0.7")], hosts.Find("mapped.example")!);
        Assert.Equal([IPAddress.Parse("10.0.0.5")], hosts.Find("a")!);
        Assert.Equal([IPAddress.Parse("fe80::1")], hosts.Find("scoped")!);
        Assert.Null(hosts.Find("x"));
        Assert.Null(hosts.Find("bad!name"));
        Assert.NotNull(hosts.Find("good"));
    }

    [Fact]
    public void ResolvConf_Servers_AreReadInOrder()
    {
        var servers = ResolvConf.Parse("search x\nnameserver 10.0.0.1\n; no\nnameserver\t2001:db8::1 # c\nnameserver 10.0.0.1\nnameserverx 1.1.1.1\nnameserver nonsense\n");
        Assert.Equal(["10.0.0.1:53", "[2001:db8::1]:53"], servers.Select(s => s.ToString()));
        Assert.Empty(ResolvConf.Load("/nonexistent/resolv.conf"));
    }

    [Fact]
    public void ResolvConf_Rewritten_NamesOneServerAndKeepsTheRest()
    {
        const string Text = "search corp.example\nnameserver 10.0.0.1\n nameserver 10.0.0.2\noptions ndots:2";
        Assert.Null(ResolvConf.Rewrite(Text, null, overTcp: false));
        Assert.Equal("nameserver 127.76.83.1\nsearch corp.example\noptions ndots:2\n", ResolvConf.Rewrite(Text, IPAddress.Parse("127.76.83.1"), overTcp: false));
        Assert.Equal("search corp.example\nnameserver 10.0.0.1\n nameserver 10.0.0.2\noptions ndots:2\noptions use-vc\n", ResolvConf.Rewrite(Text, null, overTcp: true));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:53")]
    [InlineData("10.0.0.1:5353", "10.0.0.1:5353")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5353", "[2001:db8::1]:5353")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:53")]
    public void TryParseServer_Valid_IsRead(string text, string expected)
    {
        Assert.True(ResolvConf.TryParseServer(text, out var server));
        Assert.Equal(expected, server.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("10.0.0.1:99999")]
    [InlineData("10.0.0.1:x")]
    public void TryParseServer_Invalid_IsRefused(string text) => Assert.False(ResolvConf.TryParseServer(text, out _));
}
