using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Authorization;

public sealed class PolicySetTests
{
    private const string Both = "@a permit (principal == ?principal, action, resource is Dir in ?resource) when { context.ok };";
    private const string Principal = "forbid (principal in ?principal, action, resource);";
    private const string Static = "permit (principal, action, resource);";

    private static readonly EntityUid s_alice = new("User", "alice");
    private static readonly EntityUid s_dir = new("Dir", "d");

    [Fact]
    public void Link_MakesAPolicyWithoutSlots_ThatRemembersItsTemplate()
    {
        var builder = Builder(Both);

        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice, s_dir)));

        var set = builder.ToPolicySet();
        var policy = Assert.Single(set.Policies);
        Assert.Equal("l @a() Permit(Equal User::\"alice\"; All; IsIn Dir Dir::\"d\") when Get(Context, \"ok\")", TreeText.Of(policy));
        Assert.Equal(new TemplateLink("policy0", new SlotValues(s_alice, s_dir)), policy.Link);
        Assert.False(policy.IsTemplate);
        Assert.True(Assert.Single(set.Templates).IsTemplate);
        Assert.True(set.TryGet("policy0", out _));
        Assert.True(set.TryGet("l", out _));
    }

    [Theory]
    [InlineData(Both, "policy0", "l", true, false, CedarCodes.MissingSlotValue, "slot `?resource` of template `policy0` is given no value", null)]
    [InlineData(Both, "policy0", "l", false, true, CedarCodes.MissingSlotValue, "slot `?principal` of template `policy0` is given no value", null)]
    [InlineData(Principal, "policy0", "l", true, true, CedarCodes.UnexpectedSlotValue, "template `policy0` has no slot `?resource`", null)]
    [InlineData(Principal, "polcy0", "l", true, false, CedarCodes.UnknownTemplate, "there is no template `polcy0`", "did you mean `policy0`?")]
    [InlineData(Static, "policy0", "l", false, false, CedarCodes.NotATemplate, "policy `policy0` is not a template", "a template has a slot, as in `principal == ?principal`")]
    [InlineData(Principal, "policy0", "policy0", true, false, CedarCodes.DuplicatePolicyId, "the id `policy0` is used twice", "a template has it already")]
    [InlineData(Principal + Static, "policy0", "policy1", true, false, CedarCodes.DuplicatePolicyId, "the id `policy1` is used twice", "a policy has it already")]
    public void LinkThatDoesNotFit_IsRefused(
        string text, string template, string id, bool principal, bool resource, string code, string message, string? help)
    {
        var builder = Builder(text);

        var error = builder.Link(template, id, new SlotValues(principal ? s_alice : null, resource ? s_dir : null));

        Assert.Equal(new PolicySetError(code, message, help), error);
        Assert.Equal(Builder(text).ToPolicySet().Select(p => p.Id), builder.ToPolicySet().Select(p => p.Id));
    }

    [Fact]
    public void LinkedTwiceUnderOneId_IsRefused()
    {
        var builder = Builder(Principal);
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));

        var error = builder.Link("policy0", "l", new SlotValues(s_dir));

        Assert.Equal("a policy has it already", error?.Help);
        Assert.Equal(CedarCodes.DuplicatePolicyId, error?.Code);
    }

    [Fact]
    public void Template_StaysWhileItIsInUse()
    {
        var builder = Builder(Principal);
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));
        Assert.Null(builder.Link("policy0", "m", new SlotValues(s_dir)));

        Assert.Equal(
            new PolicySetError(CedarCodes.TemplateInUse, "template `policy0` is in use by 2 policies", "unlink them first"),
            builder.RemoveTemplate("policy0"));
        Assert.Null(builder.Unlink("l"));
        Assert.Equal("template `policy0` is in use by 1 policy", builder.RemoveTemplate("policy0")?.Message);
        Assert.Null(builder.Unlink("m"));
        Assert.Null(builder.RemoveTemplate("policy0"));
        Assert.Empty(builder.ToPolicySet().Templates);
        Assert.Null(builder.Add(Parse(Static)[0]));
    }

    [Theory]
    [InlineData("remove", "x", CedarCodes.UnknownPolicy, "there is no policy `x`")]
    [InlineData("remove", "policy0", CedarCodes.UnknownPolicy, "`policy0` is a template, not a policy of its own")]
    [InlineData("remove", "l", CedarCodes.UnknownPolicy, "`l` is linked from template `policy0`, not a policy of its own")]
    [InlineData("template", "x", CedarCodes.UnknownTemplate, "there is no template `x`")]
    [InlineData("template", "policy1", CedarCodes.NotATemplate, "policy `policy1` is not a template")]
    [InlineData("template", "l", CedarCodes.NotATemplate, "policy `l` is not a template")]
    [InlineData("unlink", "x", CedarCodes.UnknownPolicy, "there is no policy `x`")]
    [InlineData("unlink", "policy0", CedarCodes.NotALink, "`policy0` is a template, not linked from a template")]
    [InlineData("unlink", "policy1", CedarCodes.NotALink, "`policy1` is a policy of its own, not linked from a template")]
    public void WrongRemoval_IsRefused(string operation, string id, string code, string message)
    {
        var builder = Builder(Principal + Static);
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));

        var error = operation switch
        {
            "remove" => builder.RemovePolicy(id),
            "template" => builder.RemoveTemplate(id),
            _ => builder.Unlink(id),
        };

        Assert.Equal((code, message), (error?.Code, error?.Message));
        Assert.Equal(["policy1", "l"], builder.ToPolicySet().Select(p => p.Id));
    }

    [Fact]
    public void Set_DoesNotChange_WhenItsBuilderDoes()
    {
        var set = Builder(Principal + Static).ToPolicySet();
        var builder = set.ToBuilder();

        Assert.Null(builder.RemovePolicy("policy1"));
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));
        var edited = builder.ToPolicySet();

        Assert.Equal(["policy1"], set.Select(p => p.Id));
        Assert.Equal(["l"], edited.Select(p => p.Id));
        Assert.Equal(["policy0"], edited.Templates.Select(p => p.Id));
        Assert.Empty(PolicySet.Empty);
    }

    [Fact]
    public void Constructor_TakesLinksBeforeTheirTemplate_AndRefusesThemWithout()
    {
        var builder = Builder(Principal);
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));
        var set = builder.ToPolicySet();

        var copy = new PolicySet([.. set.Policies, .. set.Templates]);

        Assert.Equal(set.Policies[0].Link, copy.Policies[0].Link);
        Assert.Equal(set.Policies[0].Principal.Entities, copy.Policies[0].Principal.Entities);
        Assert.Throws<ArgumentException>(() => new PolicySet(set.Policies));
        Assert.Throws<ArgumentException>(() => new PolicySet(set.Templates[0], set.Templates[0]));
    }

    [Fact]
    public void LinkedPolicy_Decides_AndTemplateDoesNot()
    {
        var builder = Builder("permit (principal == ?principal, action, resource);");
        Assert.Null(builder.Link("policy0", "l", new SlotValues(s_alice)));
        var set = builder.ToPolicySet();

        Assert.Equal(["l"], Authorize(set, s_alice).Determining);
        Assert.Equal(Decision.Deny, Authorize(set, s_dir).Decision);
    }

    [Fact]
    public void Error_BecomesADiagnosticAtAPlace()
    {
        var source = new SourceText("links.json", "{ \"templateId\": \"x\" }");
        var diagnostic = Builder("").Unlink("x")!.At(source, new SourceSpan(16, 3));

        Assert.Equal("links.json:1:17: error[CEDAR0035]: there is no policy `x`", diagnostic.ToString());
    }

    private static Response Authorize(PolicySet set, EntityUid principal) => Authorizer.Authorize(
        set, new Request(principal, new EntityUid("Action", "a"), s_dir, RecordValue.Empty), EntityStore.Empty);

    private static ImmutableArray<Policy> Parse(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Policies;
    }

    private static PolicySetBuilder Builder(string text)
    {
        var builder = new PolicySetBuilder();
        foreach (var policy in Parse(text))
        {
            Assert.Null(builder.Add(policy));
        }

        return builder;
    }
}
