using System.Net;
using System.Text;
using Leash.Plan;

namespace Leash.Plan.Tests;

public sealed class PlanDeciderTests
{
    private static readonly PlanDecider s_sample = new(EnforcementPlan.Of(
        PlanStatement.Permit("work", PlanActionMask.File, new PlanTest.PathUnder("/srv")),
        PlanStatement.Forbid("hooks", PlanActionMask.FileWrite, new PlanTest.PathLike(new PlanPattern([null, "/.git/hooks/", null]))),
        PlanStatement.Permit("git-keys", PlanActionMask.FileOpenReadOnly, new PlanTest.PathUnder("/keys"), new PlanTest.LineageHas("/usr/bin/git")),
        PlanStatement.Permit("exec", PlanActionMask.ProcessExec, new PlanTest.PathUnder("/usr")),
        PlanStatement.Forbid("no-force", PlanActionMask.ProcessExec, new PlanTest.PathIs("/usr/bin/git"), new PlanTest.ArgsContain("--force")),
        PlanStatement.Permit("web", PlanActionMask.NetworkConnect, new PlanTest.HostUnder("example.com"), new PlanTest.PortIn(443, 443)),
        PlanStatement.Permit("loopback", PlanActionMask.Network, new PlanTest.AddressIn(new Cidr(true, 0x7f000000, 8)))));

    [Theory]
    [InlineData("/srv", true)]
    [InlineData("/srv/a/b", true)]
    [InlineData("/srv-evil/a", false)]
    [InlineData("/srv/.git/hooks/x", false)]
    [InlineData("/srv/.git/config", true)]
    [InlineData("/", false)]
    public void DecidePath_ReadsTheTreeByWholeComponents(string path, bool allowed) =>
        Assert.Equal(allowed, s_sample.DecidePath(0, Bytes(path), PlanAction.FileOpenReadWrite).Allowed);

    [Theory]
    [InlineData("")]
    [InlineData("work/a")]
    [InlineData("/srv/")]
    [InlineData("/srv//a")]
    [InlineData("/srv/../etc")]
    [InlineData("/srv/.")]
    [InlineData("/srv/a\0b")]
    public void DecidePath_NotCanonical_IsUndecidable(string path) =>
        Assert.Equal(VerdictReason.Undecidable, s_sample.DecidePath(0, Bytes(path), PlanAction.FileOpenReadOnly).Reason);

    [Theory]
    [InlineData(PlanDecider.DeniedPrincipal)]
    [InlineData(1_000_000)]
    public void UnknownPrincipal_IsDeniedEverything(int principal)
    {
        Assert.Equal(VerdictReason.Undecidable, s_sample.DecidePath(principal, "/srv/a"u8, PlanAction.FileOpenReadOnly).Reason);
        Assert.Equal(PlanActionMask.None, s_sample.AllowedPathActions(principal, "/srv/a"u8));
        Assert.False(s_sample.DecideExec(principal, "/usr/bin/ls"u8, default).Allowed);
        Assert.False(s_sample.DecideEndpoint(principal, new Endpoint(IPAddress.Loopback, 1, TransportProtocol.Tcp, []), PlanAction.NetworkConnect).Allowed);
        Assert.False(s_sample.DecideDns(principal, "www.example.com", "A").Allowed);
        Assert.Equal(PlanDecider.DeniedPrincipal, s_sample.MovePrincipal(principal, "/usr/bin/git"u8, default));
    }

    [Fact]
    public void WrongAction_IsUndecidable()
    {
        Assert.Equal(VerdictReason.Undecidable, s_sample.DecidePath(0, "/srv/a"u8, PlanAction.ProcessExec).Reason);
        Assert.Equal(VerdictReason.Undecidable, s_sample.DecideProcess(0, PlanAction.FileCreate).Reason);
        Assert.Equal(
            VerdictReason.Undecidable,
            s_sample.DecideEndpoint(0, new Endpoint(IPAddress.Loopback, 1, TransportProtocol.Tcp, []), PlanAction.FileCreate).Reason);
    }

    [Fact]
    public void MovePrincipal_RemembersTheLineageAndInternsClasses()
    {
        Assert.False(s_sample.DecidePath(s_sample.InitialPrincipal, "/keys/k"u8, PlanAction.FileOpenReadOnly).Allowed);
        var shell = s_sample.MovePrincipal(s_sample.InitialPrincipal, "/usr/bin/sh"u8, default);
        var git = s_sample.MovePrincipal(shell, "/usr/bin/git"u8, default);
        var ssh = s_sample.MovePrincipal(git, "/usr/bin/ssh"u8, default);
        Assert.Equal(s_sample.InitialPrincipal, shell);
        Assert.Equal(git, ssh);
        Assert.True(s_sample.DecidePath(ssh, "/keys/k"u8, PlanAction.FileOpenReadOnly).Allowed);
        Assert.Equal(git, s_sample.MovePrincipal(shell, "/usr/bin/sh"u8, "/usr/bin/git"u8));
    }

    [Fact]
    public void Lineage_TooManyClasses_EndsInTheDeniedOne()
    {
        var statements = Enumerable.Range(0, 20).Select(i =>
            PlanStatement.Permit($"p{i}", PlanActionMask.File, new PlanTest.LineageHas($"/bin/{i}"))).ToArray();
        var decider = new PlanDecider(EnforcementPlan.Of(statements));
        var last = 0;
        for (var number = 0; last != PlanDecider.DeniedPrincipal && number < 1 << 20; number++)
        {
            last = 0;
            for (var bit = 0; bit < 20 && last >= 0; bit++)
            {
                last = (number >> bit & 1) != 0 ? decider.MovePrincipal(last, Bytes($"/bin/{bit}"), default) : last;
            }
        }

        Assert.Equal(PlanDecider.DeniedPrincipal, last);
        Assert.Equal(PlanDecider.MaxPrincipals, decider.PrincipalCount);
    }

    [Theory]
    [InlineData("/usr/bin/git", "push\0", true)]
    [InlineData("/usr/bin/git", "push\0--force\0", false)]
    [InlineData("/usr/bin/git", "push\0--force-with-lease\0", true)]
    [InlineData("/usr/bin/ls", "--force\0", true)]
    public void DecideExec_ReadsArguments(string path, string arguments, bool allowed)
    {
        Assert.True(s_sample.ExecDependsOnArguments);
        Assert.Equal(allowed, s_sample.DecideExec(0, Bytes(path), new ExecArguments(Bytes(path), Bytes(arguments), default)).Allowed);
    }

    [Theory]
    [InlineData("1.2.3.4", 443, "www.example.com", true)]
    [InlineData("1.2.3.4", 80, "www.example.com", false)]
    [InlineData("1.2.3.4", 443, "example.com", false)]
    [InlineData("1.2.3.4", 443, "evilexample.com", false)]
    [InlineData("1.2.3.4", 443, null, false)]
    [InlineData("127.9.9.9", 1, null, true)]
    [InlineData("::ffff:127.0.0.1", 1, null, true)]
    [InlineData("::1", 1, null, false)]
    public void DecideEndpoint_ReadsNamesRangesAndPorts(string address, int port, string? name, bool allowed)
    {
        var endpoint = new Endpoint(IPAddress.Parse(address), port, TransportProtocol.Tcp, name is null ? [] : new[] { "other.org", name });
        Assert.Equal(allowed, s_sample.DecideEndpoint(0, endpoint, PlanAction.NetworkConnect).Allowed);
    }

    [Fact]
    public void DecideEndpoint_ForbiddenName_IsNotOpenedByItsAddress()
    {
        var decider = new PlanDecider(EnforcementPlan.Of(
            PlanStatement.Permit("all", PlanActionMask.Network),
            PlanStatement.Forbid("evil-ssh", PlanActionMask.NetworkConnect, new PlanTest.HostPortIs("evil.org", 22))));
        var address = IPAddress.Parse("6.6.6.6");
        Assert.False(decider.DecideEndpoint(0, new Endpoint(address, 22, TransportProtocol.Tcp, new[] { "evil.org" }), PlanAction.NetworkConnect).Allowed);
        Assert.True(decider.DecideEndpoint(0, new Endpoint(address, 80, TransportProtocol.Tcp, new[] { "evil.org" }), PlanAction.NetworkConnect).Allowed);
        Assert.True(decider.DecideEndpoint(
            0, new Endpoint(address, 22, TransportProtocol.Tcp, new[] { "evil.org", "good.org" }), PlanAction.NetworkConnect).Allowed);
        Assert.Equal(["evil-ssh"], decider.ExplainEndpoint(
            0, new Endpoint(address, 22, TransportProtocol.Tcp, new[] { "evil.org" }), PlanAction.NetworkConnect).PolicyIds);
    }

    [Theory]
    [InlineData("www.example.com", true)]
    [InlineData("example.com", false)]
    [InlineData("data.attacker.net", false)]
    public void DecideDns_AddressPermits_DoNotOpenNames(string name, bool allowed) =>
        Assert.Equal(allowed, s_sample.DecideDns(0, name, "A").Allowed);

    [Theory]
    [InlineData("a.org", "A", true)]
    [InlineData("a.org", "TXT", false)]
    [InlineData("b.org", "TXT", true)]
    [InlineData("c.org", "A", false)]
    [InlineData("d.org", "A", false)]
    public void DecideDns_QueryStatementsNarrow(string name, string type, bool allowed)
    {
        var decider = new PlanDecider(EnforcementPlan.Of(
            PlanStatement.Permit("ab", PlanActionMask.NetworkConnect, new PlanTest.HostIs("a.org")),
            PlanStatement.Permit("b", PlanActionMask.NetworkConnect, new PlanTest.HostIs("b.org"), new PlanTest.AddressIn(new Cidr(true, 0, 0))),
            PlanStatement.Permit("c", PlanActionMask.NetworkConnect, new PlanTest.HostIs("c.org")),
            PlanStatement.Forbid("no-c", PlanActionMask.DnsQuery, new PlanTest.HostIs("c.org")),
            PlanStatement.Permit("a-only", PlanActionMask.DnsQuery, new PlanTest.HostIs("a.org"), new PlanTest.DnsTypeIs("A"))));
        Assert.Equal(allowed, decider.DecideDns(0, name, type).Allowed);
    }

    [Fact]
    public void Decisions_AllocateNothing()
    {
        var names = new[] { "www.example.com" };
        var address = IPAddress.Parse("1.2.3.4");
        long allowed = 0;
        void Run()
        {
            for (var i = 0; i < 1_000; i++)
            {
                allowed += s_sample.DecidePath(0, "/srv/a/b/.git/config"u8, PlanAction.FileOpenReadWrite).Allowed ? 1 : 0;
                allowed += (uint)s_sample.AllowedPathActions(0, "/srv/a/b/.git/hooks/x"u8);
                allowed += s_sample.DecideExec(0, "/usr/bin/git"u8, new ExecArguments("git"u8, "push\0--force\0"u8, default)).Allowed ? 1 : 0;
                allowed += s_sample.DecideEndpoint(0, new Endpoint(address, 443, TransportProtocol.Tcp, names), PlanAction.NetworkConnect).Allowed ? 1 : 0;
                allowed += s_sample.DecideProcess(0, PlanAction.ProcessTrace).Allowed ? 1 : 0;
            }
        }

        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        // The closure of the loop itself; a decision that allocates would show a thousandfold.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256);
        Assert.True(allowed > 0);
    }

    [Fact]
    public void Decisions_FromManyThreads_AgreeWithOne()
    {
        var decider = new PlanDecider(EnforcementPlan.Of(
            PlanStatement.Permit("a", PlanActionMask.File, new PlanTest.PathUnder("/a"), new PlanTest.LineageHas("/bin/1")),
            PlanStatement.Forbid("b", PlanActionMask.File, new PlanTest.NameLike(new PlanPattern(["x", null])), new PlanTest.PathUnder("/a"))));
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var principal = decider.MovePrincipal(0, "/bin/1"u8, default);
                Assert.True(decider.DecidePath(principal, "/a/b"u8, PlanAction.FileCreate).Allowed);
                Assert.False(decider.DecidePath(principal, "/a/xb"u8, PlanAction.FileCreate).Allowed);
                Assert.False(decider.DecidePath(0, "/a/b"u8, PlanAction.FileCreate).Allowed);
            }
        });
        Assert.Equal(2, decider.PrincipalCount);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
