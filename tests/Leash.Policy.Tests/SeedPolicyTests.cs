using Leash.Plan;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

/// <summary>The statements that must work as written.</summary>
public sealed class SeedPolicyTests
{
    [Theory]
    [InlineData(PlanAction.FileOpenReadOnly, "/workspace/a", true)]
    [InlineData(PlanAction.FileOpenReadWrite, "/workspace/a", true)]
    [InlineData(PlanAction.FileDelete, "/workspace", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/workspace-evil/a", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/", false)]
    [InlineData(PlanAction.UnixConnect, "/workspace/a", false)]
    public void FileOpenInList_CoversDirectoryAndBelow(PlanAction action, string path, bool allowed)
    {
        var compiled = CompileOk("""permit (principal, action == Action::"FileOpen", resource) when { resource in [ Dir::"/workspace" ] };""");
        Assert.Equal(allowed, Allows(compiled, File(action, path)));
    }

    [Theory]
    [InlineData("""permit (principal, action == Action::"McpToolCall", resource) when { resource == McpTool::"web_search" };""", "McpCall")]
    [InlineData("""forbid (principal, action == Action::"McpToolCall", resource) when { resource == McpTool::"shell_exec" };""", "McpCall")]
    public void McpStatement_IsRefusedByName(string text, string action)
    {
        var result = Compile(text);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(LeashCodes.NoEnforcer, diagnostic.Code);
        Assert.Equal($"no enforcer in this build governs `{action}`", diagnostic.Message);
        Assert.StartsWith("action == Action::", text.Substring(diagnostic.Span.Start, diagnostic.Span.Length), StringComparison.Ordinal);
        Assert.Null(result.Plan);
    }

    [Fact]
    public void HttpRewrite_SetsTheHeaderAsWritten()
    {
        const string Text = """
            permit (principal, action == Action::"HttpRewrite", resource == Host::"api.example.com")
            when { context.header == "Authorization" && context.value == "Bearer prod secret with spaces" };
            """;
        var decider = new PlanDecider(CompileOk(Text).Plan!);
        Assert.Equal(
            [new HeaderEdit(HeaderOperation.Set, "authorization", "Bearer prod secret with spaces")],
            decider.EditsFor(decider.InitialPrincipal, EndpointOf(Connect("api.example.com", "192.0.2.1", 443))).Select(planned => planned.Edit));
        Assert.Empty(decider.EditsFor(decider.InitialPrincipal, EndpointOf(Connect("example.com", "192.0.2.1", 443))));
    }

    [Theory]
    [InlineData("api.anthropic.com", "160.79.104.10", true)]
    [InlineData("github.com", "140.82.121.3", true)]
    [InlineData("evilgithub.com", "6.6.6.6", false)]
    [InlineData(null, "140.82.121.3", false)]
    public void NetworkForbidUnlessListed_AllowsListedHostsOnly(string? name, string address, bool allowed)
    {
        var compiled = CompileOk(
            """
            permit (principal, action, resource);
            forbid (principal, action == Action::"NetworkConnect", resource)
              when { !(resource in [ Host::"api.anthropic.com", Host::"github.com" ]) };
            """);
        Assert.Equal(allowed, Allows(compiled, Connect(name, address, 443)));
        Assert.True(Allows(compiled, Connect(name, address, 443, action: PlanAction.NetworkListen)));
        Assert.True(Allows(compiled, File(PlanAction.FileDelete, "/x")));
    }

    [Theory]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/hosts", true)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/ssl/private/key.pem", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/etc/ssl/private", false)]
    [InlineData(PlanAction.FileOpenReadWrite, "/etc/hosts", true)]
    public void PermitUnless_LeavesOutTheDirectory(PlanAction action, string path, bool allowed)
    {
        var compiled = CompileOk(
            """
            permit (principal, action in [Action::"FileOpen", Action::"FileOpenReadOnly"], resource)
              unless { resource in [ Dir::"/etc/ssl/private/" ] };
            """);
        Assert.Equal(allowed, Allows(compiled, File(action, path)));
    }

    [Theory]
    [InlineData(PlanAction.FileOpenReadWrite, "/r/.github/workflows/ci.yml", false)]
    [InlineData(PlanAction.FileRename, "/r/.github/workflows/ci.yml", false)]
    [InlineData(PlanAction.FileOpenReadOnly, "/r/.github/workflows/ci.yml", true)]
    [InlineData(PlanAction.FileCreate, "/r/.gitlab-ci.yml", false)]
    [InlineData(PlanAction.FileCreate, "/r/x.gitlab-ci.yml", true)]
    [InlineData(PlanAction.FileCreate, "/r/.github/ci.yml", true)]
    public void ForbidByPattern_CoversEveryMutation(PlanAction action, string path, bool allowed)
    {
        var compiled = CompileOk(
            """
            permit (principal, action == Action::"FileOpen", resource);
            forbid (principal, action == Action::"FileOpenReadWrite", resource)
              when { resource.path like "*/.github/workflows/*" || resource.name == ".gitlab-ci.yml" };
            """);
        Assert.Equal(allowed, Allows(compiled, File(action, path)));
    }
}
