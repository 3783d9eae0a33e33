using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Syntax;
using Cedar.Tests.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Partial;

/// <summary>The principal is unknown; everything else is known, and there are no entities.</summary>
public sealed class PartialAuthorizerTests
{
    private const string Permit = "permit (principal, action, resource);";
    private const string Forbid = "forbid (principal, action, resource);";
    private const string PermitAlice = "permit (principal == User::\"alice\", action, resource);";
    private const string ForbidAlice = "forbid (principal == User::\"alice\", action, resource);";

    private static readonly PartialRequest s_request = new(
        PartialUid.Anything, new EntityUid("Action", "x"), new EntityUid("File", "f"), PartialRecord.Of(RecordValue.Empty));

    // The reference implementation's partial authorization gives the same for all but the last three, where it is less certain.
    [Theory]
    [InlineData("", PartialDecision.Deny, "", "")]
    [InlineData(Permit, PartialDecision.Allow, "policy0", "policy0")]
    [InlineData(Forbid + Permit, PartialDecision.Deny, "policy0", "policy0")]
    [InlineData(PermitAlice, PartialDecision.Undetermined, "", "policy0")]
    [InlineData(Permit + ForbidAlice, PartialDecision.Undetermined, "", "policy0 policy1")]
    [InlineData(PermitAlice + ForbidAlice, PartialDecision.Undetermined, "", "policy0 policy1")]
    [InlineData(Permit + PermitAlice, PartialDecision.Allow, "policy0", "policy0 policy1")]
    [InlineData(ForbidAlice, PartialDecision.Deny, "", "policy0")]
    [InlineData(Forbid + ForbidAlice + Permit + PermitAlice, PartialDecision.Deny, "policy0", "policy0 policy1")]
    [InlineData("permit (principal, action, resource) when { 1 + true == 2 };", PartialDecision.Deny, "", "")]
    [InlineData("permit (principal == User::\"alice\", action, resource) when { 1 + true == 2 };", PartialDecision.Undetermined, "", "policy0")]
    [InlineData("permit (principal == User::\"alice\", action, resource) when { false };", PartialDecision.Deny, "", "")]
    [InlineData("permit (principal in User::\"alice\", action, resource) unless { context == {} };", PartialDecision.Deny, "", "")]
    [InlineData(Permit + "forbid (principal is User, action, resource) when { false && principal.a };", PartialDecision.Allow, "policy0", "policy0")]
    public void Policies_DecideAsFarAsIsCertain(string text, PartialDecision decision, string must, string may)
    {
        var response = Authorize(text);

        Assert.Equal(decision, response.Decision);
        Assert.Equal(must, string.Join(' ', response.MustDetermine));
        Assert.Equal(may, string.Join(' ', response.MayDetermine));
    }

    [Fact]
    public void EveryPolicy_HasItsOutcome()
    {
        var response = Authorize(
            Permit + "permit (principal, action, resource is Dir);" + "@a(\"b\") forbid (principal is User, action, resource) when { context has a || principal.b };"
            + "permit (principal, action, resource) when { context.a };" + "permit (principal, action, resource) when { 1 };");

        Assert.Equal(
            [PolicyOutcome.Satisfied, PolicyOutcome.NotSatisfied, PolicyOutcome.Residual, PolicyOutcome.Failed, PolicyOutcome.Failed],
            response.Policies.Select(p => p.Outcome));
        Assert.Equal("the record has no attribute `a`", response.Policies[3].Error?.Message);
        Assert.Equal("expected bool, found long", response.Policies[4].Error?.Message);
        Assert.Equal(
            "policy2 @a(b) Forbid(All; All; All) when And(Is(Principal, User), Or(false, Get(Principal, \"b\")))",
            TreeText.Of(response.Policies[2].ToResidualPolicy()));
        Assert.Equal("policy1 Permit(All; All; All) when false", TreeText.Of(response.Policies[1].ToResidualPolicy()));
        Assert.Equal(["policy0", "policy2", "policy3", "policy4"], response.ToResidualPolicySet().Select(p => p.Id));
    }

    [Theory]
    [InlineData("principal == User::\"alice\", action == Action::\"x\", resource", "Equal(Principal, User::\"alice\")")]
    [InlineData("principal in User::\"alice\", action in [Action::\"x\"], resource is File", "In(Principal, User::\"alice\")")]
    [InlineData("principal is User in Group::\"g\", action in Action::\"x\", resource", "Is(Principal, User, Group::\"g\")")]
    public void Scope_IsPartOfTheResidual(string scope, string residual) =>
        Assert.Equal(residual, TreeText.Of(Assert.Single(Authorize($"permit ({scope});").Policies).Residual!));

    [Fact]
    public void LinkedPolicy_IsEvaluated_AndTemplateIsNot()
    {
        var builder = new PolicySetBuilder();
        Assert.Null(builder.Add(CedarParser.Parse(new SourceText("permit (principal == ?principal, action, resource);")).Policies[0]));
        Assert.Null(builder.Link("policy0", "l", new SlotValues(new EntityUid("User", "alice"))));

        var response = PartialAuthorizer.Authorize(builder.ToPolicySet(), s_request, new PartialEntities(EntityStore.Empty));

        Assert.Equal("l", Assert.Single(response.Policies).Policy.Id);
        Assert.Equal(["l"], response.ToResidualPolicySet().Select(p => p.Id));
    }

    [Fact]
    public void LinkedPolicyThatFails_StaysInTheResidualSetWithoutItsTemplate()
    {
        var builder = new PolicySetBuilder();
        Assert.Null(builder.Add(CedarParser.Parse(new SourceText("permit (principal, action, resource == ?resource) when { 1 };")).Policies[0]));
        Assert.Null(builder.Link("policy0", "l", new SlotValues(Resource: new EntityUid("File", "f"))));
        var request = s_request with { Resource = new EntityUid("File", "f") };

        var response = PartialAuthorizer.Authorize(builder.ToPolicySet(), request, new PartialEntities(EntityStore.Empty));

        Assert.Equal(PolicyOutcome.Failed, Assert.Single(response.Policies).Outcome);
        Assert.Null(Assert.Single(response.ToResidualPolicySet()).Link);
    }

    private static PartialResponse Authorize(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return PartialAuthorizer.Authorize(new PolicySet(parsed.Policies), s_request, new PartialEntities(EntityStore.Empty));
    }
}
