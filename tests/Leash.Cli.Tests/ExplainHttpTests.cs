using Leash.Cli.Policies;
using Leash.Plan;

namespace Leash.Cli.Tests;

/// <summary><c>leash policy explain</c> about requests, as in a build that has a gateway.</summary>
public sealed class ExplainHttpTests : IDisposable
{
    private const string Policy = """
        @id("connect") permit (principal, action == Action::"NetworkConnect", resource in Host::"*.x.com");
        @id("read") permit (principal, action == Action::"HttpRequest", resource in Host::"api.x.com") when { context.method == "GET" };
        @id("debug") permit (principal, action == Action::"HttpRequest", resource)
        when { context.headers.hasTag("x-debug") && context.headers.getTag("x-debug") == "1" };
        @id("closed") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/closed/*" };
        @id("key") permit (principal, action == Action::"HttpRewrite", resource in Host::"api.x.com")
        when { context.header == "Authorization" && context.value == "Bearer a b" };
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-explain-");
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Delete(true);
    }

    [Theory]
    [InlineData("HttpRequest", "https://api.x.com/a?b", null, 0, "permitted by read")]
    [InlineData("HttpRequest", "POST https://api.x.com/", null, 1, "no permit matched")]
    [InlineData("HttpRequest", "POST https://api.x.com/", "X-Debug: 1", 0, "permitted by debug")]
    [InlineData("HttpRequest", "https://y.com/", "X-Debug: 1", 1, "no permit matched")]
    [InlineData("HttpRequest", "https://www.x.com/a%2Fb", "X-Debug: 1", 0, "permitted by debug")]
    [InlineData("HttpRequest", "https://www.x.com/closed%2Fb", "X-Debug: 1", 1, "note: a server may read its path as /closed/b\n  forbidden by closed")]
    [InlineData("HttpRewrite", "api.x.com", "authorization: Bearer a b", 0, "permitted by key")]
    [InlineData("HttpRewrite", "api.x.com", "authorization: Bearer c", 1, "no permit matched")]
    [InlineData("HttpRewrite", "www.x.com", "authorization: Bearer a b", 1, "no permit matched")]
    public void Question_IsDecided(string action, string resource, string? header, int code, string said)
    {
        Assert.Equal(code, Ask(action, resource, header));
        Assert.Contains(said, _terminal.Out, StringComparison.Ordinal);
        Assert.Empty(_terminal.Error);
    }

    [Theory]
    [InlineData("HttpRequest", "api.x.com", "`api.x.com` is not a request")]
    [InlineData("HttpRequest", "https://api.x.com/../a", "would be refused: the path has a segment `.` or `..`")]
    [InlineData("HttpRequest", "get https://api.x.com/", "would be refused: the method is not a token in upper case")]
    [InlineData("HttpRewrite", "api.x.com", "which header?")]
    public void Mistake_IsSaid(string action, string resource, string said)
    {
        Assert.Equal(2, Ask(action, resource, null));
        Assert.Contains(said, _terminal.Error, StringComparison.Ordinal);
    }

    private int Ask(string action, string resource, string? header)
    {
        var file = Path.Join(_directory.FullName, "leash.cedar");
        File.WriteAllText(file, Policy);
        return ExplainCommand.Run(_terminal.Terminal, [file], null, new ExplainRequest
        {
            Action = action,
            Resource = resource,
            Headers = header is null ? [] : [header],
            Enforced = PlanActionMask.All,
        });
    }
}
