using System.Net;
using System.Text;
using Leash.Audit;
using Leash.Gateway.Dns;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Gateway.Tests.Dns;

public sealed class SessionDnsPolicyTests
{
    private sealed class Sink : IAuditSink
    {
        public List<string> Lines { get; } = [];

        public void Record(in AuditRecord record) =>
            Lines.Add($"{record.Verdict.Word()} {record.Action} {Encoding.UTF8.GetString(record.Resource)} {record.Reason.Word()}");
    }

    private readonly Sink _sink = new();

    private (SessionDnsPolicy Policy, PlanDecider Decider) Create(string text, bool isEnforced = true)
    {
        var result = PolicyCompiler.Compile(
            [new PolicyDocument(PolicyDocument.UserLayer, "test.cedar", text)], new SessionFacts { Workspace = "/nonexistent", Home = "/nonexistent" });
        Assert.True(result.Plan is not null, string.Join('\n', result.Diagnostics));
        var decider = new PlanDecider(result.Plan);
        return (new SessionDnsPolicy(result.Plan, decider, _sink, isEnforced), decider);
    }

    [Fact]
    public void PermitsName_ByHost_FollowsNetworkConnect()
    {
        var (policy, _) = Create("""permit (principal, action == Action::"NetworkConnect", resource in Host::"*.example.com") when { context.port == 443 };""");
        Assert.True(policy.PermitsName("api.example.com", DnsType.A));
        Assert.False(policy.PermitsName("example.com", DnsType.A));
        Assert.False(policy.PermitsName("evilexample.com", DnsType.A));
    }

    [Fact]
    public void PermitsName_OnlyForAProgramThatComesLater_IsPermittedFromThenOn()
    {
        var (policy, decider) = Create("""permit (principal in Exe::"/usr/bin/git", action == Action::"NetworkConnect", resource in Host::"example.com");""");
        Assert.False(policy.PermitsName("example.com", DnsType.A));
        decider.MovePrincipal(decider.InitialPrincipal, "/usr/bin/git"u8, []);
        Assert.True(policy.PermitsName("example.com", DnsType.A));
    }

    [Fact]
    public void Exchange_AnswersByTheOtherPlan()
    {
        var (policy, _) = Create("""permit (principal, action == Action::"NetworkConnect", resource in Host::"a.example");""");
        Assert.True(policy.PermitsName("a.example", DnsType.A));
        var other = PolicyCompiler.Compile(
            [new PolicyDocument(PolicyDocument.UserLayer, "b.cedar", """permit (principal, action == Action::"NetworkConnect", resource in Host::"b.example");""")],
            new SessionFacts { Workspace = "/nonexistent", Home = "/nonexistent" }).Plan!;
        policy.Exchange(other, new PlanDecider(other));
        Assert.False(policy.PermitsName("a.example", DnsType.A));
        Assert.True(policy.PermitsName("b.example", DnsType.A));
    }

    [Fact]
    public void PermitsAddress_InARangeAtSomePort_IsFoundByTheRangeOnly()
    {
        var (policy, _) = Create("""permit (principal, action == Action::"NetworkConnect", resource in Cidr::"10.0.0.0/8") when { context.port >= 5000 && context.port < 5010 && context.protocol == "udp" };""");
        Assert.True(policy.PermitsAddress(IPAddress.Parse("10.1.2.3")));
        Assert.False(policy.PermitsAddress(IPAddress.Parse("192.168.0.1")));
    }

    [Fact]
    public void PermitsAddress_ForbiddenRange_IsNot()
    {
        var (policy, _) = Create("""
            permit (principal, action == Action::"NetworkConnect", resource);
            forbid (principal, action == Action::"NetworkConnect", resource in Cidr::"169.254.0.0/16");
            """);
        Assert.False(policy.PermitsAddress(IPAddress.Parse("169.254.169.254")));
        Assert.True(policy.PermitsAddress(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void Denied_WhenNotEnforced_IsAnsweredAndRecordedAsWouldDeny()
    {
        var (policy, _) = Create("", isEnforced: false);
        Assert.True(policy.PermitsName("example.com", DnsType.A));
        policy.Permitted("example.com", DnsType.A);
        Assert.Equal(["would_deny DnsQuery example.com no_permit"], _sink.Lines);
    }

    [Fact]
    public void Refused_Reasons_AreRecorded()
    {
        var (policy, _) = Create("""forbid (principal, action == Action::"DnsQuery", resource == Host::"bad.example");""");
        policy.Refused("bad.example", DnsType.A, DnsRefusal.NotPermitted);
        policy.Refused("other.example", DnsType.A, DnsRefusal.NotPermitted);
        policy.Refused(@"a\010b", DnsType.A, DnsRefusal.InvalidName);
        policy.Refused("r.example", DnsType.A, DnsRefusal.Rebinding);
        Assert.Equal(
            [
                "deny DnsQuery bad.example forbid", "deny DnsQuery other.example no_permit", @"deny DnsQuery a\010b structural", "deny DnsQuery r.example rebinding",
            ],
            _sink.Lines);
    }
}
