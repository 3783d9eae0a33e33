using Cedar.Diagnostics;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

public sealed class DiagnosticTests
{
    /// <summary>Text, code, the marked part, the message, and help (null for none).</summary>
    public static TheoryData<string, string, string, string, string?> Errors => new()
    {
        {
            """permit (principal, action, resource in Dir::"${workspce}/x");""", LeashCodes.UnknownVariable, "${workspce}",
            "unknown variable `${workspce}`", "did you mean `workspace`?"
        },
        {
            """permit (principal, action == Action::"FileOpn", resource);""", CedarCodes.UnknownAction, "Action::\"FileOpn\"",
            "action `Action::\"FileOpn\"` is not in the schema", "did you mean `Action::\"FileOpen\"`?"
        },
        {
            """permit (principal, action == Action::"McpCall", resource);""", LeashCodes.NoEnforcer, "action == Action::\"McpCall\"",
            "no enforcer in this build governs `McpCall`", "remove the statement: what it says would not be enforced"
        },
        {
            """permit (principal, action, resource) when { resource in Fil::"/x" };""", CedarCodes.UnknownEntityType, "Fil",
            "entity type `Fil` is not in the schema", "did you mean `File`?"
        },
        {
            """permit (principal, action == Action::"FileOpen", resource) when { resource.pth == "/x" };""", CedarCodes.UnknownAttribute,
            "resource.pth", "attribute `pth` on entity type `File` not found", "did you mean `path`?"
        },
        {
            """permit (principal, action == Action::"NetworkConnect", resource) when { context.prot == 443 };""", CedarCodes.UnknownAttribute,
            "context.prot", "attribute `prot` in the context of action `Action::\"NetworkConnect\"` not found", "did you mean `port`?"
        },
        {
            """forbid (principal, action, resource) when { context.port == 443 };""", CedarCodes.UnknownAttribute, "context.port",
            "attribute `port` in the context of action `Action::\"DirCreate\"` not found",
            "for a `Process` that does `Action::\"DirCreate\"` to a `File` and 20 more of 25 kinds of requests"
        },
        {
            """permit (principal, action, resource in Dir::"src");""", LeashCodes.InvalidPath, "resource in Dir::\"src\"",
            "`src` is not an absolute path", "start it with `/`, `${workspace}/` or `${home}/`, as in `Dir::\"${workspace}/src\"`"
        },
        {
            """permit (principal, action, resource == File::"/a/../b");""", LeashCodes.InvalidPath, "resource == File::\"/a/../b\"",
            "`/a/../b` contains `..`", "write the path that it leads to"
        },
        {
            """permit (principal, action, resource == File::"/a/");""", LeashCodes.InvalidPath, "resource == File::\"/a/\"",
            "`/a/` ends in a slash, so it is a directory", "write `Dir::\"/a/\"` for it and everything below"
        },
        {
            """permit (principal, action, resource in Host::"https://x.org");""", LeashCodes.InvalidHost, "resource in Host::\"https://x.org\"",
            "`https://x.org` is not a host", "write the host only, as in `Host::\"example.com\"`"
        },
        {
            """permit (principal, action, resource in Host::"10.0.0.0/8");""", LeashCodes.InvalidHost, "resource in Host::\"10.0.0.0/8\"",
            "`10.0.0.0/8` is not a host", "write `Cidr::\"10.0.0.0/8\"` for a range of addresses"
        },
        {
            """permit (principal, action, resource in Host::"bücher.example");""", LeashCodes.InvalidHost, "resource in Host::\"bücher.example\"",
            "`bücher.example` has characters outside ASCII", "use the form with `xn--` that is looked up in DNS"
        },
        {
            """permit (principal, action, resource in Host::"*.x.org:443");""", LeashCodes.InvalidHost, "resource in Host::\"*.x.org:443\"",
            "a wildcard takes no port", "write `resource in Host::\"*.x.org\"` and `context.port == 443`"
        },
        {
            """permit (principal, action, resource in Cidr::"10.0.0.1/8");""", LeashCodes.InvalidCidr, "resource in Cidr::\"10.0.0.1/8\"",
            "`10.0.0.1/8` has bits set behind its prefix", "write `Cidr::\"10.0.0.0/8\"`"
        },
        {
            """permit (principal, action, resource == Dir::"/x");""", LeashCodes.NeverEqual, "resource == Dir::\"/x\"",
            "no resource is ever equal to `Dir::\"/x\"`", "use `resource in Dir::\"/x\"`"
        },
        {
            """permit (principal, action, resource) when { resource == Host::"x.org:443" };""", LeashCodes.NeverEqual,
            "resource == Host::\"x.org:443\"", "no resource is ever equal to `Host::\"x.org:443\"`", "use `resource in Host::\"x.org:443\"`"
        },
        {
            """permit (principal == Exe::"/bin/x", action, resource);""", LeashCodes.NeverEqual, "principal == Exe::\"/bin/x\"",
            "no principal is ever equal to `Exe::\"/bin/x\"`", "use `principal in Exe::\"/bin/x\"`"
        },
        {
            """permit (principal, action == Action::"FileOpen", resource) when { resource.path == principal.exe };""", LeashCodes.NotEnforceable,
            "resource.path == principal.exe", "`resource.path == principal.exe` cannot be enforced exactly",
            "compare one fact of the request with literals, as in `resource.path == \"/a\"` or `resource in [Dir::\"/a\", Dir::\"/b\"]`"
        },
        {
            """permit (principal, action == Action::"NetworkConnect", resource) when { context.port + 1 > 80 };""", LeashCodes.NotEnforceable,
            "context.port + 1 > 80", "`context.port + 1 > 80` cannot be enforced exactly", "compare `context.port` itself with a number"
        },
        {
            """permit (principal, action == Action::"NetworkConnect", resource) when { context.port == "443" };""", CedarCodes.IncompatibleTypes,
            "context.port == \"443\"", "`==` compares incompatible types `Long` and `String`", null
        },
        {
            """permit (principal, action == Action::"NetworkConnect", resource) when { context.ip.isInRange(ip("10.0.0/8")) };""",
            CedarCodes.ConstructorText, "\"10.0.0/8\"", "`\"10.0.0/8\"` is not of the form that `ip` reads", null
        },
        {
            """@mode("shadow") permit (principal, action, resource);""", LeashCodes.UnsupportedAnnotation, "@mode(\"shadow\")",
            "this build does not carry out `@mode`", "the mode of a whole session is chosen with `--mode`"
        },
        {
            """@ask permit (principal, action, resource);""", LeashCodes.UnsupportedAnnotation, "@ask", "this build does not carry out `@ask`", "remove it"
        },
        {
            """permit (principal == ?principal, action, resource);""", LeashCodes.Template, """permit (principal == ?principal, action, resource);""",
            "a template decides nothing by itself", "write the entity in place of the slot"
        },
        {
            """permit (principal, action, resource) when { 1 };""", CedarCodes.TypeMismatch, "1",
            "expected `Bool`, found `Long`", null
        },
    };

    /// <summary>Wrong types of resources: errors here, where Cedar only warns.</summary>
    public static TheoryData<string, string> WrongTypes => new()
    {
        { """permit (principal, action == Action::"NetworkConnect", resource in Dir::"/x");""", CedarCodes.NoApplicableAction },
        { """permit (principal, action == Action::"FileOpen", resource is Host);""", CedarCodes.NoApplicableAction },
        { """permit (principal, action == Action::"FileOpen", resource) when { resource in Host::"a.org" };""", CedarCodes.ImpossiblePolicy },
        { """permit (principal is File, action, resource);""", CedarCodes.NoApplicableAction },
    };

    [Theory, MemberData(nameof(WrongTypes))]
    public void WrongType_IsAnError(string text, string code)
    {
        var diagnostic = Assert.Single(Compile(text).Diagnostics);
        Assert.Equal((code, Severity.Error), (diagnostic.Code, diagnostic.Severity));
    }

    [Fact]
    public void BuiltInLayers_FitTheSchema()
    {
        // As a user's, they are validated.
        var result = PolicyCompiler.Compile(
            [BuiltInPolicies.Base with { Layer = PolicyDocument.UserLayer }, BuiltInPolicies.Standard with { Layer = PolicyDocument.UserLayer }],
            Facts with { AgentConfig = "/home/alice/.claude" });
        Assert.DoesNotContain(result.Diagnostics, diagnostic => diagnostic.Severity != Severity.Hint);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Mistake_IsReportedAtItsPlace(string text, string code, string marked, string message, string? help)
    {
        var result = Compile(text);
        Assert.True(result.Diagnostics.Length == 1, Render(result));
        var diagnostic = result.Diagnostics[0];
        Assert.Equal((code, Severity.Error), (diagnostic.Code, diagnostic.Severity));
        Assert.Equal(message, diagnostic.Message);
        Assert.Equal(help, diagnostic.Help);
        Assert.Equal(marked, text.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
        Assert.Null(result.Plan);
        Assert.Null(result.PolicySet);
    }

    [Theory]
    [InlineData("""permit (principal, action, resource == File::"/a/*.txt");""", LeashCodes.WildcardInPath)]
    [InlineData("""permit (principal, action == Action::"NetworkConnect", resource) when { context.port == 70000 };""", LeashCodes.NeverApplies)]
    [InlineData("""permit (principal, action, resource) when { false };""", LeashCodes.NeverApplies)]
    [InlineData("""@resaon("x") permit (principal, action, resource);""", LeashCodes.UnknownAnnotation)]
    [InlineData("""@log("full") permit (principal, action, resource);""", LeashCodes.UnsupportedAnnotation)]
    public void Oddity_IsAWarning(string text, string code)
    {
        var result = CompileOk(text);
        var diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal((code, Severity.Warning), (diagnostic.Code, diagnostic.Severity));
    }

    [Theory]
    [InlineData("""resource == File::"/x" """)]
    [InlineData("""resource in [File::"/x", Host::"a.org"]""")]
    [InlineData("""resource is File && [File::"/x", File::"/y"].contains(resource)""")]
    public void ResourceOfOneType_InAllActions_IsFalseForTheOthers(string condition)
    {
        var compiled = CompileOk($"permit (principal, action, resource) when {{ {condition} }};");
        Assert.True(Allows(compiled, File(Leash.Plan.PlanAction.FileCreate, "/x")));
        Assert.False(Allows(compiled, new Leash.Plan.ProcessFacts(Leash.Plan.PrincipalFacts.Initial, Leash.Plan.PlanAction.ProcessTrace)));
        Assert.False(Allows(compiled, Connect("b.org", "1.2.3.4", 443)));
    }

    [Fact]
    public void VariableWithoutValue_MakesTheStatementInert()
    {
        var result = CompileOk("""permit (principal, action, resource in Dir::"${agent_config}");""");
        Assert.Equal((LeashCodes.VariableWithoutValue, Severity.Hint), (result.Diagnostics[0].Code, result.Diagnostics[0].Severity));
        Assert.Empty(result.Plan!.Statements);
        Assert.NotEmpty(CompileOk(
            """permit (principal, action, resource in Dir::"${agent_config}");""", Facts with { AgentConfig = "/home/alice/.claude" }).Plan!.Statements);
    }

    [Fact]
    public void TooManyTests_AreNotExpanded()
    {
        var tests = string.Join(" && ", Enumerable.Range(0, 13).Select(i => $"resource.path like \"*{i}*\""));
        var result = Compile($"permit (principal, action == Action::\"FileOpen\", resource) when {{ {tests} || resource.name like \"x*\" }};");
        Assert.Equal(LeashCodes.TooManyTests, Assert.Single(result.Diagnostics).Code);
    }

    [Fact]
    public void ManyAlternatives_AreOneTest()
    {
        var tests = string.Join(" || ", Enumerable.Range(0, 200).Select(i => $"resource.path like \"/{i}/*\""));
        var compiled = CompileOk($"permit (principal, action == Action::\"FileOpen\", resource) when {{ {tests} }};");
        Assert.Equal(200, Assert.Single(Assert.Single(compiled.Plan!.Statements).Atoms).Tests.Length);
    }

    [Fact]
    public void DuplicateIds_AreReportedAcrossFiles()
    {
        var result = PolicyCompiler.Compile(
            [
                new PolicyDocument("base", "a.cedar", "@id(\"x\")\npermit (principal, action, resource);"),
                new PolicyDocument("user", "b.cedar", "@id(\"x\")\nforbid (principal, action, resource);"),
            ],
            Facts);
        Assert.Equal(
            """
            error[LSH0016]: the id `x` is used twice
             --> b.cedar:1:1
              |
            1 | @id("x")
              | ^^^^^^^^
              = help: the other one is at a.cedar:1

            """,
            Render(result));
    }

    [Fact]
    public void AllMistakes_AreReportedAtOnce()
    {
        var result = Compile(
            """
            permit (principal, action == Action::"Fly", resource);
            permit (principal, action, resource in Dir::"x");
            permit (principal, action resource);
            """);
        Assert.Equal(3, result.Diagnostics.Length);
    }

    [Fact]
    public void Ids_AreAnnotationOrFileAndNumber()
    {
        var compiled = CompileOk(
            """
            permit (principal, action, resource);
            @id("named") @reason("why") forbid (principal, action, resource in Dir::"/x");
            forbid (principal, action, resource in Dir::"/y");
            """);
        Assert.Equal(["test#1", "named", "test#3"], compiled.PolicySet!.Select(policy => policy.Id));
        var named = compiled.Plan!.Statements.Single(statement => statement.PolicyId == "named");
        Assert.Equal(("why", "test.cedar:2", "user"), (named.Reason, named.Origin, named.Layer));
    }
}
