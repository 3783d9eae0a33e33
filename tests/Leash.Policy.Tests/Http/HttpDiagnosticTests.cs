using Cedar.Diagnostics;
using Leash.Plan;
using static Leash.Policy.Tests.Http.HttpPolicies;

namespace Leash.Policy.Tests.Http;

/// <summary>What is wrong with statements on requests and rewrites is said, with place and help.</summary>
public sealed class HttpDiagnosticTests
{
    private const string Rewrite = """permit (principal, action == Action::"HttpRewrite", resource) when { """;
    private const string Request = """permit (principal, action == Action::"HttpRequest", resource) when { """;

    [Theory]
    [InlineData(Request + """context.method == "get" };""", LeashCodes.NeverEqual, "\"get\"", "no request has `get` in `context.method`", "methods are in upper case: `GET`")]
    [InlineData(Request + """["GET", "a b"].contains(context.method) };""", LeashCodes.NeverEqual, "\"a b\"", "no request has `a b` in `context.method`", "a method is a word such as `GET`")]
    [InlineData(Request + """context.scheme == "HTTPS" };""", LeashCodes.NeverEqual, "\"HTTPS\"", "no request has `HTTPS` in `context.scheme`", "the schemes are `http` and `https`")]
    [InlineData(Request + """context.path == "/a b" };""", LeashCodes.NeverEqual, "\"/a b\"", "no request has `/a b` in `context.path`", "the target has a character that must be percent-encoded; paths are absolute and percent-encoded")]
    [InlineData(Request + """context.path == "/%7euser" };""", LeashCodes.NeverEqual, "\"/%7euser\"", "no request has `/%7euser` in `context.path`", "it is written `/~user`")]
    [InlineData(Request + """context.path == "/a/../b" };""", LeashCodes.NeverEqual, "\"/a/../b\"", "no request has `/a/../b` in `context.path`", "the path has a segment `.` or `..`; paths are absolute and percent-encoded")]
    [InlineData(Request + """context.path like "/a%2fb*" };""", LeashCodes.NeverEqual, "context.path like \"/a%2fb*\"", "no request has `%2f` in `context.path`", "paths are percent-encoded, with hexadecimal digits in upper case, and have no query")]
    [InlineData(Request + """context.path like "/é*" };""", LeashCodes.NeverEqual, "context.path like \"/é*\"", "no request has `é` in `context.path`", "paths are percent-encoded, with hexadecimal digits in upper case, and have no query")]
    [InlineData(Request + """context.query == "a b" };""", LeashCodes.NeverEqual, "\"a b\"", "no request has `a b` in `context.query`", "the target has a character that must be percent-encoded; queries are percent-encoded, without the `?`")]
    [InlineData(Request + """context.path == context.query };""", LeashCodes.NotEnforceable, "context.path == context.query", "`context.path == context.query` cannot be enforced exactly", "compare one fact of the request with literals, as in `resource.path == \"/a\"` or `resource in [Dir::\"/a\", Dir::\"/b\"]`")]
    [InlineData(Request + """context.headers.hasTag(context.path) };""", LeashCodes.NotEnforceable, "context.headers.hasTag(context.path)", "`context.headers.hasTag(context.path)` cannot be enforced exactly", "test one header by a literal name, as in `context.headers.hasTag(\"accept\") && context.headers.getTag(\"accept\") like \"text/*\"`")]
    [InlineData(Request + """context.headers.hasTag("a b") };""", LeashCodes.InvalidHeader, "\"a b\"", "`a b` is not the name of a header", "letters, digits and hyphens, as in `x-request-id`")]
    [InlineData(Request + """context.headers.hasTag("Host") };""", LeashCodes.NeverEqual, "\"Host\"", "no request has `host` in `context.headers`", "the host is the resource, as in `resource in Host::\"example.com\"`")]
    [InlineData(Request + """context.headers.getTag("a") == "1" };""", "CEDAR0211", "context.headers.getTag(\"a\")", null, null)]
    [InlineData(Request + """context.path == "${secret:A}" };""", LeashCodes.MisplacedSecret, "${secret:A}", "a secret can only be put into a header", "compare `context.value` of `HttpRewrite` with it")]
    [InlineData(Rewrite + """context.header == "A:" && context.value == "1" };""", LeashCodes.InvalidHeader, "\"A:\"", "`A:` is not the name of a header", "letters, digits and hyphens, as in `x-request-id`")]
    [InlineData(Rewrite + """context.header == "a" && context.value == "1\r\nB: 2" };""", LeashCodes.InvalidHeaderValue, "\"1\\r\\nB: 2\"", "the value cannot be sent in a header", "a value has no control characters and no space at its ends")]
    [InlineData(Rewrite + """context.header == "a" && context.value == " 1" };""", LeashCodes.InvalidHeaderValue, "\" 1\"", "the value cannot be sent in a header", "a value has no control characters and no space at its ends")]
    [InlineData(Rewrite + """context.header == "a" && context.value == "${secret:}" };""", LeashCodes.InvalidHeaderValue, "\"${secret:}\"", "`${secret:…}` does not name a secret", "write `${secret:NAME}`; a name has letters, digits, `_`, `-`, `.` and `/`")]
    [InlineData(Rewrite + """context.header == "a" && context.value == "${secret:A" };""", LeashCodes.InvalidHeaderValue, "\"${secret:A\"", "`${secret:…}` does not name a secret", "write `${secret:NAME}`; a name has letters, digits, `_`, `-`, `.` and `/`")]
    [InlineData(Rewrite + """context.header == "a" && context.operation == "delete" };""", LeashCodes.NeverEqual, "\"delete\"", "no request has `delete` in `context.operation`", "the operations are `set`, `add` and `remove`")]
    public void Mistake_IsReportedAtItsPlace(string text, string code, string marked, string? message, string? help)
    {
        var diagnostic = Compile(text).Diagnostics.First(d => d.Severity == Severity.Error);
        Assert.Equal(code, diagnostic.Code);
        Assert.Equal(marked, text.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
        if (message is not null)
        {
            Assert.Equal(message, diagnostic.Message);
            Assert.Equal(help, diagnostic.Help);
        }
    }

    [Theory]
    [InlineData("""context.value == "1" """)]
    [InlineData("""context.header == "a" """)]
    [InlineData("""context.header like "a*" && context.value == "1" """)]
    [InlineData("""context.header == "a" && context.value != "1" """)]
    [InlineData("""context.header == "a" && context.value == "1" && context.operation != "set" """)]
    public void RewriteOfNothing_IsReported(string condition) =>
        Assert.Equal(LeashCodes.NothingToRewrite, Assert.Single(Compile(Rewrite + condition + "};").Diagnostics).Code);

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("connection")]
    public void HeaderThatMakesTheRequest_CannotBeChanged(string header)
    {
        var diagnostic = Assert.Single(Compile($$"""{{Rewrite}} context.header == "{{header}}" && context.value == "1" };""").Diagnostics);
        Assert.Equal(LeashCodes.FixedHeader, diagnostic.Code);
        Assert.Equal($"the header `{header.ToLowerInvariant()}` cannot be changed", diagnostic.Message);
    }

    [Theory]
    [InlineData("""context.header == "a" && context.value == "1" """, """context.header == "A" && context.value == "2" """, true)]
    [InlineData("""context.header == "a" && context.value == "1" """, """context.header == "a" && context.operation == "remove" """, true)]
    [InlineData("""context.header == "a" && context.value == "1" """, """context.header == "a" && context.value == "1" """, false)]
    [InlineData("""context.header == "a" && context.value == "1" && context.operation == "add" """, """context.header == "a" && context.value == "2" && context.operation == "add" """, false)]
    [InlineData("""context.header == "a" && context.value == "1" """, """context.header == "b" && context.value == "2" """, false)]
    [InlineData("""context.header == "a" && context.value == "1" """, """resource in Host::"x.com" && context.header == "a" && context.value == "2" """, false)]
    public void TwoRewrites_MayContradictEachOther(string one, string other, bool contradict)
    {
        var diagnostics = Compile($"{Rewrite}{one} }};\n{Rewrite}{other} }};").Diagnostics;
        Assert.Equal(contradict ? [LeashCodes.ContradictingRewrites] : [], diagnostics.Select(diagnostic => diagnostic.Code));
        if (contradict)
        {
            Assert.Equal("the other one is at test.cedar:1; statements have no order, so neither would win", diagnostics[0].Help);
        }
    }

    [Theory]
    [InlineData("""permit (principal, action == Action::"HttpRequest", resource);""", "`HttpRequest`")]
    [InlineData("""permit (principal, action == Action::"HttpRewrite", resource) when { context.header == "a" && context.value == "b" };""", "`HttpRewrite`")]
    public void WithoutAGateway_IsRefusedByName(string text, string action)
    {
        var without = PolicyCompiler.Compile(
            [new PolicyDocument("user", "test.cedar", text)], TestPolicies.Facts, PlanActionMask.All & ~PlanActionMask.Http);
        var diagnostic = Assert.Single(without.Diagnostics);
        Assert.Equal((LeashCodes.NoEnforcer, $"{action} is enforced by the HTTP gateway, which is off"), (diagnostic.Code, diagnostic.Message));
        Assert.False(Compile(text).HasErrors);
    }
}
