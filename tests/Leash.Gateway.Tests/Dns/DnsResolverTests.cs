using System.Net;
using System.Text;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

public sealed class DnsResolverTests
{
    private readonly FakeLog _log = new();
    private readonly NameTable _names = new(TimeProvider.System);

    private async Task<byte[]> AskAsync(byte[] query, FakePolicy policy, Func<DnsQuestion, byte[]?>? answer = null, string hosts = "", string? own = null, bool tcp = true)
    {
        var upstream = answer is null ? null : new FakeUpstream(answer);
        var resolver = new DnsResolver(policy, _log, _names, HostsFile.Parse(hosts), upstream, address => own is not null && address.Equals(IPAddress.Parse(own)));
        var reply = await resolver.AnswerAsync(query, tcp, TestContext.Current.CancellationToken);
        Assert.NotNull(reply);
        Assert.NotNull(DnsMessage.Parse(reply));
        return reply;
    }

    private static byte[] Reply(DnsQuestion q, int rcode, params Action<Wire>[] answers)
    {
        var wire = Wire.Header(1, 0x8180 | rcode, 1, answers.Length).Name(q.Name.ToHost()!).U16((int)q.Type).U16(1);
        foreach (var answer in answers)
        {
            answer(wire);
        }

        return wire.ToArray();
    }

    private static string[] Addresses(byte[] reply) => [.. DnsMessage.Parse(reply)!.Answers.Where(a => a.Type is DnsType.A or DnsType.AAAA).Select(a => a.Address.ToString())];

    [Fact]
    public async Task Permitted_Address_IsAnsweredAndRemembered()
    {
        var reply = await AskAsync(Wire.Query("API.example.com", 1), new FakePolicy("api.example.com"), q => Reply(q, 0, w => w.Address("api.example.com", "203.0.113.5")));
        Assert.Equal(["203.0.113.5"], Addresses(reply));
        Assert.Equal("API", Encoding.ASCII.GetString(reply, 13, 3));
        Assert.Equal(["api.example.com"], _names.NamesFor(IPAddress.Parse("203.0.113.5")));
        Assert.Equal(["permitted api.example.com A"], _log.Lines);
    }

    [Fact]
    public async Task Denied_Name_IsNameErrorWithReason()
    {
        var reply = await AskAsync(Wire.Query("secret-data.evil.com", 1, edns: true), new FakePolicy("evil.co"), _ => throw new InvalidOperationException("must not be asked"));
        Assert.Equal(3, Wire.Rcode(reply));
        var option = DnsMessage.Parse(reply)!.Additionals.Single().Data;
        Assert.Equal(new byte[] { 0, 15 }, option[..2]);
        Assert.Equal(15, option[5]);
        Assert.Equal("no policy permits this name", Encoding.UTF8.GetString(option[6..]));
        Assert.Equal(["refused secret-data.evil.com A NotPermitted"], _log.Lines);
    }

    [Fact]
    public async Task Denied_WithoutEdns_HasNoAdditional()
    {
        var reply = await AskAsync(Wire.Query("evil.com", 28), new FakePolicy());
        Assert.Equal(3, Wire.Rcode(reply));
        Assert.Empty(DnsMessage.Parse(reply)!.Additionals);
    }

    [Fact]
    public async Task Alias_ToDeniedName_BindsOnlyTheNameAskedFor()
    {
        var reply = await AskAsync(Wire.Query("a.example", 1), new FakePolicy("a.example"),
            q => Reply(q, 0, w => w.Alias("a.example", "b.cdn.example"), w => w.Address("b.cdn.example", "203.0.113.6"), w => w.Address("stray.example", "203.0.113.7")));
        Assert.Equal(2, Wire.AnswerCount(reply));
        Assert.Equal(["203.0.113.6"], Addresses(reply));
        Assert.Equal(["a.example"], _names.NamesFor(IPAddress.Parse("203.0.113.6")));
        Assert.Empty(_names.NamesFor(IPAddress.Parse("203.0.113.7")));
    }

    [Fact]
    public async Task Alias_Loop_Ends()
    {
        var reply = await AskAsync(Wire.Query("a.example", 1), new FakePolicy("a.example"),
            q => Reply(q, 0, w => w.Alias("a.example", "b.example"), w => w.Alias("b.example", "a.example")));
        Assert.Empty(Addresses(reply));
    }

    [Theory]
    [InlineData("10.0.0.8")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("203.0.113.77")] // an address of this machine
    public async Task Rebinding_InternalAddress_IsRemoved(string address)
    {
        var policy = new FakePolicy("a.example");
        var reply = await AskAsync(Wire.Query("a.example", 1), policy, q => Reply(q, 0, w => w.Address("a.example", address)), own: "203.0.113.77");
        Assert.Equal(3, Wire.Rcode(reply));
        Assert.Empty(Addresses(reply));
        Assert.Empty(_names.NamesFor(IPAddress.Parse(address)));
        Assert.Contains("refused a.example A Rebinding", _log.Lines);

        policy.Addresses.Add(IPAddress.Parse(address));
        var permitted = await AskAsync(Wire.Query("a.example", 1), policy, q => Reply(q, 0, w => w.Address("a.example", address)), own: "203.0.113.77");
        Assert.Equal([address], Addresses(permitted));
    }

    [Fact]
    public async Task Rebinding_MappedV6_IsRemovedAndPublicOnesStay()
    {
        var reply = await AskAsync(Wire.Query("a.example", 28), new FakePolicy("a.example"),
            q => Reply(q, 0, w => w.Address("a.example", "::ffff:10.0.0.1"), w => w.Address("a.example", "64:ff9b::a00:1"), w => w.Address("a.example", "2001:db8::5")));
        Assert.Equal(0, Wire.Rcode(reply));
        Assert.Equal(["2001:db8::5"], Addresses(reply));
    }

    [Theory]
    [InlineData("localhost", 1, "127.0.0.1")]
    [InlineData("x.y.localhost", 28, "::1")]
    [InlineData("box", 1, "10.9.8.7")]
    public async Task Local_Names_AreAnsweredWithoutUpstream(string name, int type, string address)
    {
        var reply = await AskAsync(Wire.Query(name, type), new FakePolicy(), hosts: "10.9.8.7 box\n");
        Assert.Equal([address], Addresses(reply));
        Assert.Contains(name, _names.NamesFor(IPAddress.Parse(address)));
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("box", 28)]
    [InlineData("box", 16)]
    [InlineData("localhost", 15)]
    public async Task Local_OtherTypes_AreEmpty(string name, int type)
    {
        var reply = await AskAsync(Wire.Query(name, type), new FakePolicy(), hosts: "10.9.8.7 box\n");
        Assert.Equal((0, 0), (Wire.Rcode(reply), Wire.AnswerCount(reply)));
    }

    [Fact]
    public async Task Pointer_KnownAddress_IsAnsweredFromTheTableAndNeverForwarded()
    {
        _names.Learn("a.example", IPAddress.Parse("203.0.113.5"), TimeSpan.Zero);
        var known = await AskAsync(Wire.Query("5.113.0.203.in-addr.arpa", 12), new FakePolicy());
        Assert.Equal("a.example", DnsMessage.Parse(known)!.Answers.Single().Target.ToHost());
        foreach (var name in new[] { "6.113.0.203.in-addr.arpa", "300.1.1.1.in-addr.arpa", "leak.in-addr.arpa", "1.ip6.arpa", "ip6.arpa" })
        {
            var reply = await AskAsync(Wire.Query(name, 12), new FakePolicy(name), _ => throw new InvalidOperationException("must not be asked"));
            Assert.Equal(3, Wire.Rcode(reply));
        }

        var loopback = await AskAsync(Wire.Query("1." + string.Concat(Enumerable.Repeat("0.", 31)) + "ip6.arpa", 12), new FakePolicy());
        Assert.Equal("localhost", DnsMessage.Parse(loopback)!.Answers.Single().Target.ToHost());
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    public async Task ServiceBinding_PermittedName_IsEmpty(int type)
    {
        var reply = await AskAsync(Wire.Query("a.example", type), new FakePolicy("a.example"), _ => throw new InvalidOperationException("must not be asked"));
        Assert.Equal((0, 0), (Wire.Rcode(reply), Wire.AnswerCount(reply)));
        Assert.Equal(3, Wire.Rcode(await AskAsync(Wire.Query("b.example", type), new FakePolicy("a.example"))));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(252)]
    [InlineData(251)]
    public async Task Any_AndTransfers_AreRefused(int type) =>
        Assert.Equal(5, Wire.Rcode(await AskAsync(Wire.Query("a.example", type), new FakePolicy("a.example"))));

    [Fact]
    public async Task Text_PermittedName_IsForwardedWithoutStrangers()
    {
        var reply = await AskAsync(Wire.Query("a.example", 16), new FakePolicy("a.example"),
            q => Reply(q, 0, w => w.Record("a.example", 16, 5, [2, (byte)'o', (byte)'k']), w => w.Address("a.example", "10.0.0.1"), w => w.Record("b.example", 16, 5, [1, (byte)'x'])));
        Assert.Equal(1, Wire.AnswerCount(reply));
    }

    [Fact]
    public async Task NoUpstream_IsServerFailureAtOnce() =>
        Assert.Equal(2, Wire.Rcode(await AskAsync(Wire.Query("a.example", 1), new FakePolicy("a.example"))));

    [Fact]
    public async Task Upstream_NameError_IsPassedOn() =>
        Assert.Equal(3, Wire.Rcode(await AskAsync(Wire.Query("a.example", 1), new FakePolicy("a.example"), q => Reply(q, 3))));

    [Fact]
    public async Task LongAnswer_OverUdp_IsTruncatedAndWholeOverTcp()
    {
        byte[] Many(DnsQuestion q) => Reply(q, 0, [.. Enumerable.Range(1, 100).Select(i => (Action<Wire>)(w => w.Address("a.example", $"203.0.113.{i}")))]);
        var policy = new FakePolicy("a.example");
        var udp = await AskAsync(Wire.Query("a.example", 1), policy, Many, tcp: false);
        Assert.True(udp.Length <= 512);
        Assert.NotEqual(0, udp[2] & 0x02);
        Assert.Equal(0, Wire.AnswerCount(udp));
        Assert.Equal(100, Wire.AnswerCount(await AskAsync(Wire.Query("a.example", 1), policy, Many)));
    }

    [Fact]
    public async Task Malformed_Query_IsFormatErrorAndResponsesAreIgnored()
    {
        Assert.Equal(1, Wire.Rcode(await AskAsync([.. Wire.Query("a.example", 1), 0], new FakePolicy("a.example"))));
        Assert.Equal(1, Wire.Rcode(await AskAsync(Wire.Header(1, 0x0100, 2).Name("a").U16(1).U16(1).Name("b").U16(1).U16(1).ToArray(), new FakePolicy("a"))));
        Assert.Equal(4, Wire.Rcode(await AskAsync(Wire.Header(1, 0x2800, 1).Name("a").U16(1).U16(1).ToArray(), new FakePolicy("a"))));
        var resolver = new DnsResolver(new FakePolicy(), _log, _names, HostsFile.Empty, null, _ => false);
        Assert.Null(await resolver.AnswerAsync(Wire.Header(1, 0x8180, 1).Name("a").U16(1).U16(1).ToArray(), true, TestContext.Current.CancellationToken));
        Assert.Null(await resolver.AnswerAsync(new byte[11], true, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OddName_IsNameErrorAndEscapedInTheLog()
    {
        var query = Wire.Header(1, 0x0100, 1).U8(3).Raw((byte)'a', (byte)'\n', (byte)'"').U8(0).U16(1).U16(1).ToArray();
        Assert.Equal(3, Wire.Rcode(await AskAsync(query, new FakePolicy())));
        Assert.Equal(["refused a\\010\" A InvalidName"], _log.Lines);
    }

    [Fact]
    public async Task OtherClass_IsRefused() =>
        Assert.Equal(5, Wire.Rcode(await AskAsync(Wire.Header(1, 0x0100, 1).Name("version.bind").U16(16).U16(3).ToArray(), new FakePolicy("version.bind"))));
}
