using System.Text;
using Leash.Plan;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Policy.Tests;

public sealed class CompilationTests
{
    [Fact]
    public void ConditionOnAction_IsReadForEachAction()
    {
        var compiled = CompileOk(
            """
            permit (principal, action == Action::"FileOpen", resource in Dir::"/w")
            unless { action == Action::"FileOpenReadWrite" && !(resource in Dir::"/w/out") };
            """);
        Assert.True(Allows(compiled, File(PlanAction.FileOpenReadOnly, "/w/a")));
        Assert.False(Allows(compiled, File(PlanAction.FileDelete, "/w/a")));
        Assert.True(Allows(compiled, File(PlanAction.FileDelete, "/w/out/a")));
    }

    [Theory]
    [InlineData("/usr/bin/git", true)]
    [InlineData("/usr/bin/ssh", true)]
    [InlineData("/usr/bin/npm", false)]
    public void Lineage_OpensForDescendants(string exe, bool allowed)
    {
        var compiled = CompileOk("""permit (principal in Exe::"/usr/bin/git", action == Action::"FileRead", resource in Dir::"${home}/.ssh");""");
        var principal = exe.EndsWith("ssh", StringComparison.Ordinal) ? Process(exe, "/usr/bin/sh", "/usr/bin/git") : Process(exe, "/usr/bin/sh");
        Assert.Equal(allowed, Allows(compiled, File(PlanAction.FileOpenReadOnly, "/home/alice/.ssh/id", principal)));
    }

    [Theory]
    [InlineData("claude", true)]
    [InlineData("codex", false)]
    public void SessionAncestors_AreFolded(string agent, bool allowed)
    {
        var compiled = CompileOk($"permit (principal in Agent::\"{agent}\", action, resource) when {{ principal.uid == 1000 }};");
        Assert.Equal(allowed, Allows(compiled, File(PlanAction.FileCreate, "/x")));
        Assert.Equal(allowed ? 1 : 0, compiled.Plan!.Statements.Length);
    }

    [Fact]
    public void Variables_AreLiteralInPatterns()
    {
        var facts = Facts with { Workspace = "/w*k" };
        var compiled = CompileOk("""permit (principal, action == Action::"FileOpen", resource) when { resource.path like "${workspace}/*" };""", facts);
        Assert.True(Allows(compiled, File(PlanAction.FileCreate, "/w*k/a")));
        Assert.False(Allows(compiled, File(PlanAction.FileCreate, "/wzk/a")));
    }

    [Fact]
    public void RootAsVariable_MakesNoDoubleSlash()
    {
        var compiled = CompileOk("""permit (principal, action == Action::"FileOpen", resource in Dir::"${workspace}/src");""", Facts with { Workspace = "/" });
        Assert.True(Allows(compiled, File(PlanAction.FileCreate, "/src/a")));
    }

    [Fact]
    public void AddressEquality_HoldsAlsoWhenTheNameIsKnown()
    {
        var compiled = CompileOk("""permit (principal, action == Action::"NetworkConnect", resource == Host::"127.0.0.1");""");
        Assert.True(Allows(compiled, Connect("localhost", "127.0.0.1", 80)));
        Assert.True(Allows(compiled, Connect(null, "::ffff:127.0.0.1", 80)));
        Assert.False(Allows(compiled, Connect("localhost", "::1", 80)));
    }

    [Fact]
    public void HostIds_AreCanonical()
    {
        var compiled = CompileOk("""permit (principal, action == Action::"NetworkConnect", resource in Host::"API.Example.COM.:443");""");
        Assert.True(Allows(compiled, Connect("api.example.com", "1.2.3.4", 443)));
        Assert.False(Allows(compiled, Connect("api.example.com", "1.2.3.4", 80)));
    }

    [Fact]
    public void InvalidBytes_MatchWildcardsOnly()
    {
        var compiled = CompileOk("""permit (principal, action == Action::"FileOpen", resource) when { resource.path like "/a/*/x" };""");
        Assert.True(Allows(compiled, new FileFacts(PrincipalFacts.Initial, PlanAction.FileCreate, [.. "/a/"u8, 0xff, .. "/x"u8])));
        Assert.False(Allows(compiled, new FileFacts(PrincipalFacts.Initial, PlanAction.FileCreate, [.. "/a/"u8, 0xff])));
    }

    [Fact]
    public void Plan_ReadsAsWritten()
    {
        var compiled = CompileOk(
            """
            @id("a") permit (principal, action == Action::"FileRead", resource) when { resource in [Dir::"/x", File::"/y"] || resource.name like "*.h" };
            @id("b") forbid (principal in Exe::"/bin/n", action == Action::"NetworkConnect", resource) unless { context.port < 1024 };
            """);
        Assert.Equal(
            """
            permit a [user] FileOpenReadOnly
              t0 = PathUnder { Domain = Path, Directory = /x } | PathIs { Domain = Path, Path = /y } | NameLike { Domain = Path, Pattern = *.h }
              when t0
            forbid b [user] NetworkConnect
              t0 = LineageHas { Domain = Principal, Path = /bin/n }
              t1 = PortIn { Domain = Endpoint, First = 0, Last = 1023 }
              when (t0,t1) in {10}

            """,
            compiled.Plan!.Describe());
    }

    [Fact]
    public void HundredThousandStatements_CompileAndDecide()
    {
        const int Count = 100_000;
        var text = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"permit (principal, action == Action::\"FileOpen\", resource in Dir::\"/data/{i % 100}/project-{i}/src\");\n");
        }

        var compiled = CompileOk(text.ToString());
        var decider = new PlanDecider(compiled.Plan!);
        Assert.Equal(Count, compiled.Plan!.Statements.Length);
        for (var i = 0; i < Count; i += 997)
        {
            Assert.True(decider.DecidePath(0, Bytes($"/data/{i % 100}/project-{i}/src/a/b.c"), PlanAction.FileCreate).Allowed);
            Assert.False(decider.DecidePath(0, Bytes($"/data/{i % 100}/project-{i}/bin/a"), PlanAction.FileCreate).Allowed);
            Assert.Equal([$"test#{i + 1}"], decider.Explain(0, Bytes($"/data/{i % 100}/project-{i}/src"), PlanAction.FileCreate).PolicyIds);
        }
    }
}
