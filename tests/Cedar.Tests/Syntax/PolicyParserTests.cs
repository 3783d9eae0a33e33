using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Tests.Syntax;

public sealed class PolicyParserTests
{
    [Theory]
    [InlineData("permit (principal, action, resource);", "policy0 Permit(All; All; All)")]
    [InlineData("forbid (principal, action, resource,);", "policy0 Forbid(All; All; All)")]
    [InlineData("permit (principal == U::\"a\", action == Action::\"x\", resource == R::\"b\");", "policy0 Permit(Equal U::\"a\"; Equal Action::\"x\"; Equal R::\"b\")")]
    [InlineData("permit (principal in U::\"a\", action in N::Action::\"x\", resource in R::\"b\");", "policy0 Permit(In U::\"a\"; In N::Action::\"x\"; In R::\"b\")")]
    [InlineData("permit (principal is U, action in [Action::\"x\", Action::\"y\",], resource is R in S::\"b\");", "policy0 Permit(Is U; InSet Action::\"x\" Action::\"y\"; IsIn R S::\"b\")")]
    [InlineData("permit (principal == ?principal, action in [], resource is R in ?resource);", "policy0 Permit(Equal ?; InSet; IsIn R ?)")]
    [InlineData("@id(\"a\") @if @permit(\"\\n\") permit (principal, action, resource);", "policy0 @id(a) @if() @permit(\n) Permit(All; All; All)")]
    [InlineData("permit (principal, action, resource) when { true } unless { false } when { context.a };", "policy0 Permit(All; All; All) when true unless false when Get(Context, \"a\")")]
    public void Policy_ParsesTo(string text, string tree)
    {
        var parsed = CedarParser.Parse(new SourceText(text));

        Assert.Empty(parsed.Diagnostics);
        Assert.Equal(tree, TreeText.Of(Assert.Single(parsed.Policies)));
    }

    [Fact]
    public void SeveralPolicies_HaveIdsByPlaceAndExactSpans()
    {
        const string Text = "// first\npermit (principal, action, resource);\n\n@a(\"b\")\nforbid (principal is T, action, resource) when { true }; // end\n";
        var policies = CedarParser.Parse(new SourceText(Text)).Policies;
        string At(SourceSpan span) => Text.Substring(span.Start, span.Length);

        Assert.Equal(["policy0", "policy1"], policies.Select(p => p.Id));
        Assert.Equal("permit (principal, action, resource);", At(policies[0].Span));
        Assert.Equal("@a(\"b\")\nforbid (principal is T, action, resource) when { true };", At(policies[1].Span));
        Assert.Equal("@a(\"b\")", At(policies[1].Annotations[0].Span));
        Assert.Equal("principal is T", At(policies[1].Principal.Span));
        Assert.Equal("when { true }", At(policies[1].Conditions[0].Span));
        Assert.Equal("b", policies[1].FindAnnotation("a"));
        Assert.Null(policies[1].FindAnnotation("c"));
    }

    [Theory]
    [InlineData("permti (principal, action, resource);", "CEDAR0001", "expected `permit` or `forbid`, found `permti`", "did you mean `permit`?")]
    [InlineData("permit principal, action, resource);", "CEDAR0001", "expected `(`, found `principal`", "a policy starts with its scope, as in `permit (principal, action, resource)`")]
    [InlineData("permit (principal, action);", "CEDAR0001", "expected `,` and `resource`, found `)`", "further conditions belong into `when { … }`")]
    [InlineData("permit (action, principal, resource);", "CEDAR0014", "expected `principal`, found `action`", "a scope is `(principal, action, resource)`, in this order")]
    [InlineData("permit ();", "CEDAR0001", "expected `principal`, found `)`", "a scope is `(principal, action, resource)`, in this order")]
    [InlineData("permit (principal in [U::\"a\"], action, resource);", "CEDAR0014", "the principal of a scope cannot be in a list", "write `when { principal in [ … ] }`")]
    [InlineData("permit (principal, action is Action, resource);", "CEDAR0014", "`is` cannot constrain the action of a scope", "use `==` or `in`")]
    [InlineData("permit (principal, action == User::\"x\", resource);", "CEDAR0015", "`User` is not a type of actions", "the last part of an action's type is `Action`, as in `Action::\"x\"`")]
    [InlineData("permit (principal, action in [MyAction::\"x\"], resource);", "CEDAR0015", "`MyAction` is not a type of actions", "the last part of an action's type is `Action`, as in `Action::\"x\"`")]
    [InlineData("permit (principal == ?resource, action, resource);", "CEDAR0016", "slot `?resource` cannot stand here", "the slot of this constraint is `?principal`")]
    [InlineData("permit (principal, action == ?action, resource);", "CEDAR0016", "the action of a scope takes no slot", null)]
    [InlineData("permit (principal = U::\"a\", action, resource);", "CEDAR0018", "`=` is not an operator", "use `==`")]
    [InlineData("permit (principal != U::\"a\", action, resource);", "CEDAR0001", "expected `==`, `in`, `is` or `,` after `principal`, found `!=`", "further conditions belong into `when { … }`")]
    [InlineData("permit (principal, action, resource)", "CEDAR0001", "expected `;` at the end of the policy", null)]
    [InlineData("permit (principal, action, resource) wehn { true };", "CEDAR0001", "expected `when`, `unless` or `;`, found `wehn`", "did you mean `when`?")]
    [InlineData("permit (principal, action, resource) when true;", "CEDAR0001", "expected `{`, found `true`", null)]
    [InlineData("permit (principal, action, resource) when { };", "CEDAR0001", "expected an expression, found `}`", null)]
    [InlineData("@a @a permit (principal, action, resource);", "CEDAR0013", "annotation `@a` is given twice", null)]
    [InlineData("@a(1) permit (principal, action, resource);", "CEDAR0001", "expected a string, found `1`", null)]
    [InlineData("@(\"a\") permit (principal, action, resource);", "CEDAR0001", "expected the name of an annotation, found `(`", null)]
    [InlineData(";", "CEDAR0001", "expected `permit` or `forbid`, found `;`", null)]
    public void Mistake_IsReportedOnce(string text, string code, string message, string? help)
    {
        var parsed = CedarParser.Parse(new SourceText(text));

        var only = Assert.Single(parsed.Diagnostics);
        Assert.Equal((code, message, help), (only.Code, only.Message, only.Help));
        Assert.Empty(parsed.Policies);
        Assert.True(parsed.HasErrors);
    }

    [Fact]
    public void AllMistakes_AreReported_AndGoodPoliciesKept()
    {
        const string Text = """
            permit (principal, action, resource) when { 1 + } unless { foo(1) };
            permit (principal, action, resource);
            forbid (principal = x, action, resource) when { [1 };
            forbid (principal, action, resource)
            permit (principal, action, resource) when { "\q" == principl };
            @last("one") permit (principal, action, resource);
            """;
        var parsed = CedarParser.Parse(new SourceText("p.cedar", Text));

        Assert.Equal(
            [
                "p.cedar:1:49: error[CEDAR0001]: expected an expression, found `}`",
                "p.cedar:1:60: error[CEDAR0007]: unknown function `foo`",
                "p.cedar:3:19: error[CEDAR0018]: `=` is not an operator",
                "p.cedar:3:52: error[CEDAR0001]: expected `,` or `]`, found `}`",
                "p.cedar:4:36: error[CEDAR0001]: expected `;` at the end of the policy",
                "p.cedar:5:46: error[CEDAR0004]: invalid escape `\\q`",
                "p.cedar:5:53: error[CEDAR0017]: unknown variable `principl`",
            ],
            parsed.Diagnostics.Select(d => d.ToString()));
        Assert.Equal(["policy1", "policy5"], parsed.Policies.Select(p => p.Id));
    }

    [Fact]
    public void UnterminatedString_DoesNotHideTheRest()
    {
        var parsed = CedarParser.Parse(new SourceText("permit (principal == U::\"a, action, resource);\nforbid (principal, action, resource);"));

        Assert.Equal([CedarCodes.UnterminatedString], parsed.Diagnostics.Select(d => d.Code));
        Assert.Equal(["policy1"], parsed.Policies.Select(p => p.Id));
    }

    [Fact]
    public void PoliciesOfTheVocabulary_Parse()
    {
        const string Text = """
            permit (principal, action == Action::"FileOpen", resource) when { resource in [ Dir::"/workspace" ] };
            forbid (principal, action == Action::"NetworkConnect", resource)
              when { !(resource in [ Host::"api.anthropic.com", Host::"github.com" ]) };
            permit (principal, action == Action::"HttpRewrite", resource == Host::"api.example.com")
              when { context.header == "Authorization" && context.value == "Bearer prod secret with spaces" };
            permit (principal, action in [Action::"FileOpen", Action::"FileOpenReadOnly"], resource)
              unless { resource in [ Dir::"/etc/ssl/private/" ] };
            forbid (principal, action == Action::"FileOpenReadWrite", resource)
              when { resource.path like "*/.github/workflows/*" || resource.name == ".gitlab-ci.yml" };
            """;
        var parsed = CedarParser.Parse(new SourceText(Text));

        Assert.Empty(parsed.Diagnostics);
        Assert.Equal(5, parsed.Policies.Length);
    }
}
