using Leash.Plan;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

public sealed class SmallestPermitTests
{
    [Theory]
    [InlineData(PlanAction.FileOpenReadOnly, "/a/b", "", """permit (principal, action == Action::"FileOpenReadOnly", resource == File::"/a/b");""")]
    [InlineData(PlanAction.ProcessExec, "/a/\"b\"", "", """permit (principal, action == Action::"ProcessExec", resource == File::"/a/\"b\"");""")]
    [InlineData(
        PlanAction.FileRename, "/a", "/b",
        """permit (principal, action == Action::"FileRename", resource) when { resource in [File::"/a", File::"/b"] };""")]
    [InlineData(PlanAction.UnixConnect, "@x", "", """permit (principal, action == Action::"UnixConnect", resource == File::"@x");""")]
    [InlineData(PlanAction.ProcessTrace, "12", "", """permit (principal, action == Action::"ProcessTrace", resource);""")]
    [InlineData(PlanAction.FileCreate, "/a/\udc80", "", null)]
    [InlineData(PlanAction.FileCreate, "pipe:[3]", "", null)]
    public void Path_IsPermittedByTheStatement(PlanAction action, string path, string second, string? expected)
    {
        var statement = SmallestPermit.ForPath(action, path, second);
        Assert.Equal(expected, statement);
        if (statement is not null && PlanActionMask.File.Has(action))
        {
            Assert.True(Allows(CompileOk(statement), File(action, path)));
            Assert.False(Allows(CompileOk(statement), File(action, path + "x")));
        }
    }

    [Theory]
    [InlineData(PlanAction.NetworkConnect, "example.com", 443, """permit (principal, action == Action::"NetworkConnect", resource in Host::"example.com:443");""")]
    [InlineData(PlanAction.NetworkListen, "0.0.0.0", 80, """permit (principal, action == Action::"NetworkListen", resource in Host::"0.0.0.0:80");""")]
    [InlineData(PlanAction.NetworkConnect, "2001:db8::1", 22, """permit (principal, action == Action::"NetworkConnect", resource in Host::"[2001:db8::1]:22");""")]
    [InlineData(PlanAction.DnsQuery, "example.com", 53, """permit (principal, action == Action::"NetworkConnect", resource in Host::"example.com");""")]
    [InlineData(PlanAction.DnsQuery, "not a host", 0, null)]
    public void Host_IsPermittedByTheStatement(PlanAction action, string host, int port, string? expected)
    {
        var statement = SmallestPermit.ForHost(action, host, port);
        Assert.Equal(expected, statement);
        if (statement is not null)
        {
            CompileOk(statement);
        }
    }
}
