using System.Collections.Frozen;
using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Tests.Validation;

public sealed class DataValidatorTests
{
    private const string Person = "{name: \"n\"}";

    private static readonly EntityUid s_user = new("User", "a");
    private static readonly EntityUid s_photo = new("Photo", "p");

    [Theory]
    [InlineData("User", "view", "Photo", "{mfa: true}")]
    [InlineData("App", "view", "Album", "{mfa: true, ip: ip(\"10.0.0.1\")}")]
    [InlineData("User", "edit", "Photo", "{mfa: false, reason: \"r\"}")]
    public void ValidateRequest_Fitting_Accepts(string principal, string action, string resource, string context) =>
        Assert.Empty(RequestValidator.Validate(NewRequest(principal, action, resource, context), ValidationWorld.Schema));

    [Theory]
    [InlineData("User", "vew", "Photo", "{}", "action: error[CEDAR0202]: action `Action::\"vew\"` is not in the schema", "did you mean `Action::\"view\"`?")]
    [InlineData("Usr", "view", "Photo", "{mfa: true}", "principal: error[CEDAR0201]: entity type `Usr` is not in the schema", "did you mean `User`?")]
    [InlineData("Group", "view", "Photo", "{mfa: true}", "principal: error[CEDAR0251]: action `Action::\"view\"` takes no principal of type `Group`", "it takes `User`, `App`")]
    [InlineData("User", "view", "User", "{mfa: true}", "resource: error[CEDAR0252]: action `Action::\"view\"` takes no resource of type `User`", "it takes `Photo`, `Album`")]
    [InlineData("User", "paint", "Color", "{}", "resource: error[CEDAR0203]: entity type `Color` has no entity `Color::\"x\"`", null)]
    [InlineData("User", "view", "Photo", "{}", "context: error[CEDAR0253]: attribute `mfa` is missing", "it is a `Bool`")]
    [InlineData("User", "view", "Photo", "{mfa: true, ipp: 1}", "context: error[CEDAR0254]: attribute `ipp` is not in the schema", "did you mean `ip`?")]
    [InlineData("User", "view", "Photo", "{mfa: 1}", "context.mfa: error[CEDAR0255]: expected `Bool`, found `Long`", null)]
    [InlineData("User", "view", "Photo", "{mfa: true, ip: decimal(\"1.0\")}", "context.ip: error[CEDAR0255]: expected `ipaddr`, found `decimal`", null)]
    public void ValidateRequest_Misfit_TellsWhere(string principal, string action, string resource, string context, string expected, string? help)
    {
        var violation = Assert.Single(RequestValidator.Validate(NewRequest(principal, action, resource, context), ValidationWorld.Schema));

        Assert.Equal((expected, help), (violation.ToString(), violation.Help));
    }

    [Fact]
    public void ValidateRequest_ActionThatGroups_TakesNothing()
    {
        var violations = RequestValidator.Validate(NewRequest("User", "read", "Photo", "{}"), ValidationWorld.Schema);

        Assert.Equal(["CEDAR0251", "CEDAR0252"], violations.Select(one => one.Code));
        Assert.All(violations, one => Assert.Equal("it only groups other actions", one.Help));
    }

    [Theory]
    [InlineData("{name: \"n\", age: 3, address: {city: \"c\"}}")]
    [InlineData("{name: \"n\", address: {}}")]
    public void ValidateEntity_FittingAttributes_Accepts(string attributes) => Assert.Empty(Validate(new Entity(s_user, Record(attributes), [])));

    [Theory]
    [InlineData("{}", "User::\"a\": attrs: error[CEDAR0253]: attribute `name` is missing")]
    [InlineData("{name: 1}", "User::\"a\": attrs.name: error[CEDAR0255]: expected `String`, found `Long`")]
    [InlineData("{name: \"n\", agee: 1}", "User::\"a\": attrs: error[CEDAR0254]: attribute `agee` is not in the schema")]
    [InlineData("{name: \"n\", address: {city: [1]}}", "User::\"a\": attrs.address.city: error[CEDAR0255]: expected `String`, found `Set`")]
    [InlineData("{name: \"n\", address: User::\"a\"}", "User::\"a\": attrs.address: error[CEDAR0255]: expected `record`, found `User`")]
    public void ValidateEntity_MisfitAttributes_TellsWhere(string attributes, string expected) =>
        Assert.Equal(expected, Assert.Single(Validate(new Entity(s_user, Record(attributes), []))).ToString());

    [Fact]
    public void ValidateEntity_SetOfTheWrongElements_TellsEach()
    {
        var photo = new Entity(s_photo, Record("{owner: Group::\"g\", path: \"\", labels: [\"a\", 1, true]}"), []);

        Assert.Equal(["attrs.labels", "attrs.labels", "attrs.owner"], Validate(photo).Select(one => string.Join('.', one.Path)));
    }

    [Fact]
    public void ValidateEntity_Tags_AreOfTheirType()
    {
        Assert.Empty(Validate(new Entity(s_user, Record(Person), Record("{k: \"v\"}"), [])));
        Assert.Equal(
            "User::\"a\": tags.k: error[CEDAR0255]: expected `String`, found `Long`",
            Assert.Single(Validate(new Entity(s_user, Record(Person), Record("{k: 1}"), []))).ToString());
        Assert.Equal(
            "Group::\"g\": tags: error[CEDAR0257]: tag `k` is given, but entity type `Group` has no tags",
            Assert.Single(Validate(new Entity(new EntityUid("Group", "g"), RecordValue.Empty, Record("{k: 1}"), []))).ToString());
    }

    [Fact]
    public void ValidateEntity_Parents_AreOfAllowedTypes()
    {
        Assert.Empty(Validate(new Entity(s_user, Record(Person), [new EntityUid("Group", "g")])));

        var violation = Assert.Single(Validate(new Entity(s_user, Record(Person), [new EntityUid("Album", "b")])));

        Assert.Equal("User::\"a\": parents: error[CEDAR0256]: entity type `User` cannot be in `Album::\"b\"`", violation.ToString());
        Assert.Equal("it may be in `Group`", violation.Help);
    }

    [Theory]
    [InlineData("Color", "red", null)]
    [InlineData("Color", "rad", "CEDAR0203")]
    [InlineData("Nope", "x", "CEDAR0201")]
    [InlineData("Action", "edit", null)]
    [InlineData("Action", "nope", "CEDAR0202")]
    [InlineData("Action", "view", "CEDAR0258")]
    public void ValidateEntity_Name_IsKnown(string type, string id, string? code) =>
        Assert.Equal(code is null ? [] : [code], Validate(new Entity(new EntityUid(type, id), RecordValue.Empty, [])).Select(one => one.Code));

    [Fact]
    public void ValidateEntities_ActionsOfTheSchema_Fit() =>
        Assert.Empty(EntityValidator.Validate(ValidationWorld.Schema.ActionEntities, ValidationWorld.Schema));

    [Fact]
    public void ValidateEntities_GroupOfAGroup_FollowsFromWhatIsGiven()
    {
        EntityUid a = new("Action", "a"), b = new("Action", "b"), c = new("Action", "c");
        var schema = new Schema([], [Group(a, b, c), Group(b, c), Group(c)]);
        Entity first = new(a, RecordValue.Empty, [b]), second = new(b, RecordValue.Empty, [c]);

        Assert.Empty(EntityValidator.Validate([first, second], schema));
        var violation = Assert.Single(EntityValidator.Validate(first, schema));
        Assert.Equal(("CEDAR0258", "it is in `Action::\"b\"`, `Action::\"c\"`"), (violation.Code, violation.Help));
    }

    [Fact]
    public void ValidateEntity_ActionWithData_Differs()
    {
        var action = new Entity(new EntityUid("Action", "edit"), Record("{a: 1}"), Record("{b: 1}"), []);

        Assert.Equal(["attrs", "tags"], Validate(action).Select(one => one.Path[0]));
    }

    private static ActionDefinition Group(EntityUid uid, params EntityUid[] ancestors) =>
        new(uid, ancestors.ToFrozenSet(), [], [], SchemaType.Record.Empty);

    private static ImmutableArray<SchemaViolation> Validate(Entity entity) => EntityValidator.Validate(entity, ValidationWorld.Schema);

    private static Request NewRequest(string principal, string action, string resource, string context) =>
        new(new EntityUid(principal, "x"), new EntityUid("Action", action), new EntityUid(resource, "x"), Record(context));

    private static RecordValue Record(string text) =>
        Assert.IsType<RecordValue>(Evaluator.EvaluateClosed(CedarParser.ParseExpression(new SourceText(text)).Expression!).Value);
}
