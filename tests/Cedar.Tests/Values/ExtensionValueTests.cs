using System.Net;
using Cedar.Values;

namespace Cedar.Tests.Values;

public sealed class ExtensionValueTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("1.2.3.4/32", "1.2.3.4")]
    [InlineData("1.2.3.4/0", "1.2.3.4/0")]
    [InlineData("::", "::")]
    [InlineData("::1/127", "::1/127")]
    [InlineData("1::", "1::")]
    [InlineData("0000::0001", "::1")]
    [InlineData("ABCD:ef::", "abcd:ef::")]
    [InlineData("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("::ffff:7f00:1", "::ffff:7f00:1")]
    [InlineData("1111:2222:3333:4444:5555:6666:7777:8888/128", "1111:2222:3333:4444:5555:6666:7777:8888")]
    public void Address_IsReadAndWritten(string text, string written)
    {
        Assert.True(IPAddressValue.TryParse(text, out var value));
        Assert.Equal(written, value.ToPlainString());
        Assert.True(IPAddressValue.TryParse(written, out var again));
        Assert.Equal(value, again);
        Assert.Equal($"ip(\"{written}\")", value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("01.2.3.4")]
    [InlineData("256.2.3.4")]
    [InlineData("1..3.4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4/")]
    [InlineData("1.2.3.4/33")]
    [InlineData("1.2.3.4/08")]
    [InlineData("1.2.3.4/+8")]
    [InlineData("1.2.3.4/8/8")]
    [InlineData("a.2.3.4")]
    [InlineData(":::")]
    [InlineData(":1::")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8")]
    [InlineData("::1/129")]
    [InlineData("::ffff:1.2.3.4")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    public void Address_OfAnotherForm_IsRefused(string text) => Assert.False(IPAddressValue.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("127.0.0.0/8", true, false)]
    [InlineData("127.0.0.0/7", false, false)]
    [InlineData("128.0.0.1", false, false)]
    [InlineData("::1", true, false)]
    [InlineData("::1/127", false, false)]
    [InlineData("::ffff:7f00:1", false, false)]
    [InlineData("224.0.0.0/4", false, true)]
    [InlineData("239.1.2.3", false, true)]
    [InlineData("224.0.0.0/3", false, false)]
    [InlineData("240.0.0.0", false, false)]
    [InlineData("ff02::1", false, true)]
    [InlineData("ff00::/7", false, false)]
    public void Address_IsLoopbackOrMulticast(string text, bool isLoopback, bool isMulticast)
    {
        var value = Ip(text);
        Assert.Equal((isLoopback, isMulticast), (value.IsLoopback, value.IsMulticast));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/9", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/7", "10.0.0.0/8", false)]
    [InlineData("1.2.3.4", "1.2.3.4", true)]
    [InlineData("1.2.3.4", "0.0.0.0/0", true)]
    [InlineData("1.2.3.4", "::/0", false)]
    [InlineData("::1", "::/0", true)]
    [InlineData("2001:db8::1", "2001:db8::/32", true)]
    [InlineData("2001:db9::1", "2001:db8::/32", false)]
    public void Address_IsInRange(string address, string range, bool isIn) => Assert.Equal(isIn, Ip(address).IsInRange(Ip(range)));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:a00:1")]
    public void PlatformAddress_IsTakenAsItIs(string text) => Assert.Equal(Ip(text), IPAddressValue.From(IPAddress.Parse(text)));

    [Theory]
    [InlineData("1.0", 10_000, "1.0")]
    [InlineData("1.2345", 12_345, "1.2345")]
    [InlineData("-0.5", -5_000, "-0.5")]
    [InlineData("00001.50", 15_000, "1.5")]
    [InlineData("922337203685477.5807", long.MaxValue, "922337203685477.5807")]
    [InlineData("-922337203685477.5808", long.MinValue, "-922337203685477.5808")]
    [InlineData("000000000000000000000000000000001.5", 15_000, "1.5")]
    public void Decimal_IsReadAndWritten(string text, long tenThousandths, string written)
    {
        Assert.True(DecimalValue.TryParse(text, out var value));
        Assert.Equal(tenThousandths, value.TenThousandths);
        Assert.Equal($"decimal(\"{written}\")", value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("-.1")]
    [InlineData("+1.0")]
    [InlineData("1.00000")]
    [InlineData("1.0a")]
    [InlineData("1e1.0")]
    [InlineData("1.2.3")]
    [InlineData(" 1.0")]
    [InlineData("--1.0")]
    [InlineData("922337203685477.5808")]
    [InlineData("-922337203685477.5809")]
    [InlineData("99999999999999999999999999999999999999999999.0")]
    public void Decimal_OfAnotherForm_IsRefused(string text) => Assert.False(DecimalValue.TryParse(text, out _));

    private static IPAddressValue Ip(string text)
    {
        Assert.True(IPAddressValue.TryParse(text, out var value), text);
        return value;
    }
}
