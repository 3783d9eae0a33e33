using Leash.Policy;
using Leash.Sessions.InKernel;

namespace Leash.Sessions.Tests.Http;

/// <summary>HTTP/3 is not read: with all enforcement in the kernel, a policy about requests must not let datagrams be sent.</summary>
public class UnreadDatagramsTests
{
    private const string Request = """@id("r") permit (principal, action == Action::"HttpRequest", resource) when { context.path like "/v1/*" };""";

    [Theory]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource);""", "p")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) when { context.port == 443 };""", "p")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) when { context.protocol == "udp" || context.port == 443 };""", "p")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) unless { context.protocol == "tcp" };""", "p")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) when { context.protocol == "tcp" };""")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) when { context.port == 443 && context.protocol == "tcp" };""")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource) unless { context.protocol == "udp" };""")]
    [InlineData("""@id("p") forbid (principal, action == Action::"NetworkConnect", resource);""")]
    public void PermitsOfDatagrams_AreNamed(string statement, params string[] expected)
    {
        Assert.Equal(expected, Named(statement + Request));
        Assert.Empty(Named(statement));
    }

    [Theory]
    [InlineData("""@id("p") permit (principal, action, resource);""")]
    [InlineData("""@id("p") permit (principal, action == Action::"NetworkConnect", resource); permit (principal, action == Action::"HttpRequest", resource);""")]
    [InlineData("""@id("p") permit (principal, action in [Action::"NetworkConnect", Action::"HttpRequest"], resource in Host::"203.0.113.7");""")]
    public void PermitsOfDatagrams_WhereAllRequestsArePermitted_AreNone(string statement)
    {
        Assert.Empty(Named(statement));
        Assert.Equal(["p"], Named(statement + """forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/v1/*" };"""));
    }

    /// <summary>The address may have the other name, too, and in QUIC nobody sees which is meant.</summary>
    [Fact]
    public void PermitOfDatagramsToAName_AndOfAllRequestsToIt_IsNamed() => Assert.Equal(
        ["p"],
        Named("""
            @id("p") permit (principal, action in [Action::"NetworkConnect", Action::"HttpRequest"], resource in Host::"a.example.com");
            @id("q") permit (principal, action == Action::"HttpRequest", resource in Host::"b.example.com") when { context.path like "/v1/*" };
            """));

    [Fact]
    public void PermitOfDatagrams_AndOfSomeRequests_IsNamed() => Assert.Equal(
        ["p"],
        Named("""
            @id("p") permit (principal, action in [Action::"NetworkConnect", Action::"HttpRequest"], resource)
            unless { context has path && context.path like "/v1/*" };
            """));

    private static string[] Named(string text)
    {
        SessionFacts facts = new() { Workspace = "/w", Home = "/home/a" };
        CompileResult compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.UserLayer, "p.cedar", text)], facts);
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Diagnostics));
        return [.. UnreadDatagrams.PermittedBy(compiled.Plan!).Select(permit => permit.PolicyId)];
    }
}
