using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Authorization;

public sealed class AuthorizerTests
{
    private const string Permit = "permit (principal, action, resource);";
    private const string Forbid = "forbid (principal, action, resource);";
    private const string FailingPermit = "permit (principal, action, resource) when { context.missing };";
    private const string FailingForbid = "forbid (principal, action, resource) when { 1 + true == 2 };";

    private static readonly EntityStore s_entities = new(
        new Entity(new EntityUid("User", "alice"), RecordValue.Empty, [new EntityUid("Group", "g")]),
        new Entity(new EntityUid("Action", "read"), RecordValue.Empty, [new EntityUid("Action", "all")]));

    [Theory]
    [InlineData("", Decision.Deny, "", "")]
    [InlineData(Permit, Decision.Allow, "policy0", "")]
    [InlineData(Forbid, Decision.Deny, "policy0", "")]
    [InlineData(Permit + Forbid, Decision.Deny, "policy1", "")]
    [InlineData(Forbid + Permit, Decision.Deny, "policy0", "")]
    [InlineData(Permit + Permit, Decision.Allow, "policy0 policy1", "")]
    [InlineData(FailingPermit, Decision.Deny, "", "policy0")]
    [InlineData(FailingPermit + Permit, Decision.Allow, "policy1", "policy0")]
    [InlineData(FailingForbid + Permit, Decision.Allow, "policy1", "policy0")]
    [InlineData(FailingForbid + Forbid + Permit, Decision.Deny, "policy1", "policy0")]
    [InlineData("permit (principal, action, resource) when { 1 };", Decision.Deny, "", "policy0")]
    [InlineData("permit (principal, action, resource) when { false } when { 1 };", Decision.Deny, "", "")]
    [InlineData("permit (principal, action, resource) unless { true };", Decision.Deny, "", "")]
    [InlineData("permit (principal, action, resource) unless { false } when { true };", Decision.Allow, "policy0", "")]
    [InlineData("permit (principal == User::\"bob\", action, resource) when { 1 };", Decision.Deny, "", "")]
    public void Policies_Decide(string text, Decision decision, string determining, string errors)
    {
        var response = Authorize(text);

        Assert.Equal(decision, response.Decision);
        Assert.Equal(determining, string.Join(' ', response.Determining));
        Assert.Equal(errors, string.Join(' ', response.Errors.Select(e => e.PolicyId)));
    }

    [Theory]
    [InlineData("principal == User::\"alice\", action, resource", true)]
    [InlineData("principal == User::\"bob\", action, resource", false)]
    [InlineData("principal in Group::\"g\", action, resource", true)]
    [InlineData("principal in User::\"alice\", action, resource", true)]
    [InlineData("principal in Group::\"h\", action, resource", false)]
    [InlineData("principal is User, action, resource", true)]
    [InlineData("principal is Group, action, resource", false)]
    [InlineData("principal is User in Group::\"g\", action, resource", true)]
    [InlineData("principal is Group in Group::\"g\", action, resource", false)]
    [InlineData("principal is User in Group::\"h\", action, resource", false)]
    [InlineData("principal, action == Action::\"read\", resource", true)]
    [InlineData("principal, action == Action::\"all\", resource", false)]
    [InlineData("principal, action in Action::\"all\", resource", true)]
    [InlineData("principal, action in [Action::\"x\", Action::\"all\"], resource", true)]
    [InlineData("principal, action in [Action::\"x\"], resource", false)]
    [InlineData("principal, action in [], resource", false)]
    [InlineData("principal, action, resource == File::\"f\"", true)]
    [InlineData("principal, action, resource is Dir", false)]
    [InlineData("principal == ?principal, action, resource", false)]
    public void Scope_Selects(string scope, bool matches) =>
        Assert.Equal(matches ? Decision.Allow : Decision.Deny, Authorize($"permit ({scope});").Decision);

    [Fact]
    public void PolicySet_FindsById_AndRefusesTheSameIdTwice()
    {
        var policies = CedarParser.Parse(new SourceText(Permit + Forbid)).Policies;
        var set = new PolicySet(policies);

        Assert.Equal(2, set.Count);
        Assert.True(set.TryGet("policy1", out var policy));
        Assert.Equal(Effect.Forbid, policy.Effect);
        Assert.False(set.TryGet("policy2", out _));
        Assert.Equal(policies, set);
        Assert.Throws<ArgumentException>(() => new PolicySet(policies[0], policies[0]));
    }

    private static Response Authorize(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        var request = new Request(new EntityUid("User", "alice"), new EntityUid("Action", "read"), new EntityUid("File", "f"), RecordValue.Empty);
        return Authorizer.Authorize(new PolicySet(parsed.Policies), request, s_entities);
    }
}
