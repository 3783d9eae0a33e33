using System.Net;
using Leash.Gateway.Dns;
using Leash.Gateway.Hosts;
using Leash.Gateway.Tests.Dns;

namespace Leash.Gateway.Tests.Hosts;

public sealed class ResolverHostNamesTests
{
    private static (ResolverHostNames Names, NameTable Table) Create(FakePolicy policy, string hosts = "")
    {
        var table = new NameTable(TimeProvider.System);
        var upstream = new FakeUpstream(question => question.Type == DnsType.A
            ? question.Name.ToHost() switch
            {
                "site.test" => Answer(question, "203.0.113.5"),
                "inside.test" => Answer(question, "10.0.0.5"),
                "metadata.test" => Answer(question, "169.254.169.254"),
                _ => null,
            }
            : null);
        return (new ResolverHostNames(table, new DnsResolver(policy, new FakeLog(), table, HostsFile.Parse(hosts), upstream, _ => false)), table);
    }

    private static byte[] Answer(DnsQuestion question, string address)
    {
        var name = question.Name.ToHost()!;
        return Wire.Header(7, 0x8180, 1, 1).Name(name).U16((int)question.Type).U16(1).Address(name, address).ToArray();
    }

    [Fact]
    public async Task PermittedName_IsResolvedAndRemembered()
    {
        var (names, table) = Create(new FakePolicy("site.test"));
        var address = Assert.Single(await names.ResolveAsync("site.test", CancellationToken.None));
        Assert.Equal("203.0.113.5", address.ToString());
        Assert.Equal("site.test", names.NamesFor(address).Single());
        Assert.Equal("site.test", table.NamesFor(address).Single());
    }

    [Theory]
    [InlineData("other.test")]
    [InlineData("inside.test")]
    [InlineData("metadata.test")]
    [InlineData("gone.test")]
    public async Task UnpermittedOrInternal_HasNoAddress(string host)
    {
        var (names, _) = Create(new FakePolicy("site.test", "inside.test", "metadata.test", "gone.test"));
        Assert.Empty(await names.ResolveAsync(host, CancellationToken.None));
    }

    [Fact]
    public async Task InternalAddress_ThatThePolicyPermits_IsThere()
    {
        var policy = new FakePolicy("inside.test") { Addresses = { IPAddress.Parse("10.0.0.5") } };
        Assert.Equal("10.0.0.5", Assert.Single(await Create(policy).Names.ResolveAsync("inside.test", CancellationToken.None)).ToString());
    }

    [Fact]
    public async Task NamesOfThisMachine_AreAnsweredFromItsFile()
    {
        var (names, _) = Create(new FakePolicy(), "192.168.1.5 nas.test\n");
        Assert.Equal("192.168.1.5", Assert.Single(await names.ResolveAsync("nas.test", CancellationToken.None)).ToString());
        Assert.Equal(["127.0.0.1", "::1"], (await names.ResolveAsync("localhost", CancellationToken.None)).Select(address => address.ToString()));
    }
}
