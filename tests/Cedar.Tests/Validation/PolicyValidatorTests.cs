using System.Globalization;
using System.Text;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Tests.Validation;

public sealed class PolicyValidatorTests
{
    private const string View = "permit(principal is User, action == Action::\"view\", resource is Photo) when { ";
    private const string Edit = "permit(principal, action == Action::\"edit\", resource) when { ";

    [Theory]
    [InlineData("permit(principal, action, resource);")]
    [InlineData("permit(principal, action in Action::\"read\", resource);")]
    [InlineData("permit(principal in Group::\"g\", action in [Action::\"view\", Action::\"edit\"], resource in Album::\"a\");")]
    [InlineData("permit(principal == ?principal, action, resource in ?resource) when { context has mfa };")]
    [InlineData("permit(principal, action == Action::\"paint\", resource == Color::\"red\");")]
    [InlineData("permit(principal, action == Action::\"view\", resource) unless { resource is Photo && resource.path == \"x\" };")]
    [InlineData("permit(principal, action, resource) when { action == Action::\"edit\" && context has reason && context.reason like \"a*\" };")]
    public void Validate_FittingPolicy_Accepts(string policy) => Assert.Empty(Validate(policy));

    [Theory]
    [InlineData("principal.name == \"a\"")]
    [InlineData("principal has age && principal.age > 3")]
    [InlineData("principal has age && (principal).age + 1 * 2 - -3 >= 3")]
    [InlineData("principal has address.city && principal.address.city == \"x\"")]
    [InlineData("if principal has age then principal.age == 1 else context.mfa")]
    [InlineData("!(principal has age) || true")]
    [InlineData("(principal has age && context.mfa || principal has age) && principal[\"age\"] == 1")]
    [InlineData("principal.hasTag(\"k\") && principal.getTag(\"k\") == \"v\"")]
    [InlineData("principal.hasTag(resource.path) && principal.getTag(resource.path) like \"v\"")]
    [InlineData("resource.hasTag(\"k\") && resource.getTag(\"k\").contains(1)")]
    [InlineData("resource.owner == principal")]
    [InlineData("resource.owner in Group::\"g\" || principal in [Group::\"g\", Group::\"h\"]")]
    [InlineData("resource.labels.containsAll([\"a\"]) && resource.labels.containsAny(resource.labels) && !resource.labels.isEmpty()")]
    [InlineData("context has ip && context.ip.isInRange(ip(\"10.0.0.0/8\"))")]
    [InlineData("resource has taken && resource.taken < datetime(\"2024-01-01\") && resource.taken.offset(duration(\"1d\")).toTime() <= duration(\"3h\")")]
    [InlineData("resource has price && resource.price.lessThan(decimal(\"1.0\"))")]
    [InlineData("{a: 1, b: {c: [1]}} == {b: {c: [2]}, a: 3}")]
    [InlineData("principal is App && principal.nothing || context.mfa")]
    [InlineData("1 == \"a\" || context.mfa")]
    [InlineData("{mfa: true}.mfa && context.mfa")]
    [InlineData("principal is User in Group::\"g\"")]
    public void Validate_FittingCondition_Accepts(string condition) => Assert.Empty(Validate($"{View}{condition} }};"));

    [Theory]
    [InlineData("principal.nme == \"a\"", "principal.nme", "CEDAR0206", "attribute `nme` on entity type `User` not found", "did you mean `name`?")]
    [InlineData("context.mfaa", "context.mfaa", "CEDAR0206", "attribute `mfaa` in the context of action `Action::\"view\"` not found", "did you mean `mfa`?")]
    [InlineData("{a: 1}.b == 1", "{a: 1}.b", "CEDAR0206", "attribute `b` in record `{a: 1}` not found", "did you mean `a`?")]
    [InlineData("principal.age == 1", "principal.age", "CEDAR0207", "attribute `age` on entity type `User` is optional and may be missing", "test `principal has age` first")]
    [InlineData("principal[\"age\"] == 1", "principal[\"age\"]", "CEDAR0207", "attribute `age` on entity type `User` is optional and may be missing", "test `principal has \"age\"` first")]
    [InlineData("principal has age || principal.age == 1", "principal.age", "CEDAR0207", "attribute `age` on entity type `User` is optional and may be missing", "test `principal has age` first")]
    [InlineData("principal.name", "principal.name", "CEDAR0205", "expected `Bool`, found `String`", null)]
    [InlineData("!principal.name", "principal.name", "CEDAR0205", "expected `Bool`, found `String`", null)]
    [InlineData("principal.name.x == 1", "principal.name", "CEDAR0205", "expected `entity or record`, found `String`", null)]
    [InlineData("resource.labels has a", "resource.labels", "CEDAR0205", "expected `entity or record`, found `Set<String>`", "use `contains` to test what a set has")]
    [InlineData("principal.name > 1", "principal.name", "CEDAR0205", "expected `Long`, found `String`", null)]
    [InlineData("1 + principal.name > 1", "principal.name", "CEDAR0205", "expected `Long`, found `String`", null)]
    [InlineData("duration(\"1s\") < 1", "1", "CEDAR0205", "expected `duration`, found `Long`", null)]
    [InlineData("principal == 1", "principal == 1", "CEDAR0208", "`==` compares incompatible types `User` and `Long`", null)]
    [InlineData("principal.name != context.mfa", "principal.name != context.mfa", "CEDAR0208", "`!=` compares incompatible types `String` and `Bool`", null)]
    [InlineData("[1, true].contains(1)", "[1, true]", "CEDAR0208", "the elements of the set have incompatible types `Long` and `Bool`", null)]
    [InlineData("[User::\"a\", Group::\"b\"].contains(principal)", "[User::\"a\", Group::\"b\"]", "CEDAR0208", "the elements of the set have incompatible types `User` and `Group`", null)]
    [InlineData("resource.labels.contains(1)", "resource.labels.contains(1)", "CEDAR0208", "`contains` compares incompatible types `String` and `Long`", null)]
    [InlineData("resource.labels.containsAll(1)", "1", "CEDAR0205", "expected `Set`, found `Long`", "use `contains` to test one element")]
    [InlineData("(if context.mfa then 1 else \"a\") == 1", "if context.mfa then 1 else \"a\"", "CEDAR0208", "the branches of `if` have incompatible types `Long` and `String`", null)]
    [InlineData("resource.labels == []", "[]", "CEDAR0209", "the type of the elements of an empty set literal is not known", "use `isEmpty` to test for the empty set")]
    [InlineData("principal.getTag(\"a\") == \"b\"", "principal.getTag(\"a\")", "CEDAR0211", "the tag on entity type `User` may be missing", "test `principal.hasTag(\"a\")` first")]
    [InlineData("resource.owner.hasTag(\"b\") && resource.owner.getTag(\"a\") == \"b\"", "resource.owner.getTag(\"a\")", "CEDAR0211", "the tag on entity type `User` may be missing", "test `resource.owner.hasTag(\"a\")` first")]
    [InlineData("Group::\"g\".getTag(\"a\") == \"b\"", "Group::\"g\".getTag(\"a\")", "CEDAR0210", "entity type `Group` has no tags", null)]
    [InlineData("ip(principal.name).isIpv4()", "principal.name", "CEDAR0212", "`ip` takes a string literal, so that its form is known to be right", null)]
    [InlineData("ip(\"300.1.1.1\").isIpv4()", "\"300.1.1.1\"", "CEDAR0213", "`\"300.1.1.1\"` is not of the form that `ip` reads", null)]
    [InlineData("ip(\"::1\", 2).isIpv4()", "ip(\"::1\", 2)", "CEDAR0009", "`ip` takes 1 argument, found 2", null)]
    [InlineData("ip(\"::1\").isIpv4(2)", "ip(\"::1\").isIpv4(2)", "CEDAR0009", "`isIpv4` takes 0 arguments, found 1", null)]
    [InlineData("decimal(\"1.0\").lessThan(1)", "1", "CEDAR0205", "expected `decimal`, found `Long`", null)]
    [InlineData("principal is Usr", "Usr", "CEDAR0201", "entity type `Usr` is not in the schema", "did you mean `User`?")]
    [InlineData("false && principal == Usr::\"a\"", "Usr", "CEDAR0201", "entity type `Usr` is not in the schema", "did you mean `User`?")]
    [InlineData("action == Action::\"vew\"", "Action::\"vew\"", "CEDAR0202", "action `Action::\"vew\"` is not in the schema", "did you mean `Action::\"view\"`?")]
    [InlineData("Color::\"rad\" == Color::\"red\"", "Color::\"rad\"", "CEDAR0203", "entity type `Color` has no entity `Color::\"rad\"`", "did you mean `red`?")]
    [InlineData("1 in principal", "1", "CEDAR0205", "expected `entity`, found `Long`", "use `contains` to test what a set has")]
    [InlineData("principal in \"a\"", "\"a\"", "CEDAR0205", "expected `entity or Set<entity>`, found `String`", "use `contains` to test what a set has")]
    public void Validate_WrongCondition_UnderlinesIt(string condition, string underlined, string code, string message, string? help)
    {
        var policy = $"{View}{condition} }};";

        var diagnostic = Assert.Single(Validate(policy));

        Assert.Equal((Severity.Error, code, message, help), (diagnostic.Severity, diagnostic.Code, diagnostic.Message, diagnostic.Help));
        Assert.Equal(underlined, policy.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
    }

    [Theory]
    [InlineData("permit(principal is Usr, action, resource);", "Usr", "CEDAR0201", "entity type `Usr` is not in the schema")]
    [InlineData("permit(principal, action == Action::\"vieww\", resource);", "Action::\"vieww\"", "CEDAR0202", "action `Action::\"vieww\"` is not in the schema")]
    [InlineData("permit(principal, action in [], resource);", "action in []", "CEDAR0209", "the set of actions is empty")]
    [InlineData("permit(principal, action in [Action::\"view\", N::Action::\"x\"], resource);", "action in [Action::\"view\", N::Action::\"x\"]", "CEDAR0208", "the actions have incompatible types `Action` and `N::Action`")]
    [InlineData("permit(principal, action, resource == Color::\"rot\");", "Color::\"rot\"", "CEDAR0203", "entity type `Color` has no entity `Color::\"rot\"`")]
    public void Validate_WrongScope_UnderlinesIt(string policy, string underlined, string code, string message)
    {
        var diagnostic = Assert.Single(Validate(policy));

        Assert.Equal((Severity.Error, code, message), (diagnostic.Severity, diagnostic.Code, diagnostic.Message));
        Assert.Equal(underlined, policy.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
    }

    [Theory]
    [InlineData("permit(principal is App, action == Action::\"edit\", resource);", "principal is App, action == Action::\"edit\", resource", "CEDAR0204", "no action of the schema applies to the scope of policy `policy0`")]
    [InlineData("permit(principal == ?principal, action == Action::\"paint\", resource is Photo);", "principal == ?principal, action == Action::\"paint\", resource is Photo", "CEDAR0204", "no action of the schema applies to the scope of template `policy0`")]
    public void Validate_ScopeOfNoAction_Warns(string policy, string underlined, string code, string message)
    {
        var diagnostic = Assert.Single(Validate(policy));

        Assert.Equal((Severity.Warning, code, message), (diagnostic.Severity, diagnostic.Code, diagnostic.Message));
        Assert.Equal(underlined, policy.Substring(diagnostic.Span.Start, diagnostic.Span.Length));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("principal is App")]
    [InlineData("action == Action::\"view\"")]
    [InlineData("resource in Group::\"g\"")]
    [InlineData("context has nothing")]
    public void Validate_ImpossibleCondition_Warns(string condition)
    {
        var diagnostic = Assert.Single(Validate($"{Edit}{condition} }};"));

        Assert.Equal((Severity.Warning, "CEDAR0215"), (diagnostic.Severity, diagnostic.Code));
        Assert.Equal("policy `policy0` never applies: its conditions are false for every request of the schema", diagnostic.Message);
    }

    [Fact]
    public void Validate_SameMistakeForSomeRequests_IsToldOnce()
    {
        var diagnostic = Assert.Single(Validate("permit(principal, action, resource) when { resource.path == \"x\" };"));

        Assert.Equal("attribute `path` on entity type `Color` not found", diagnostic.Message);
        Assert.Equal("for a `User` that does `Action::\"paint\"` to a `Color` and 2 more of 7 kinds of requests", diagnostic.Help);
    }

    [Fact]
    public void Validate_SeveralMistakes_TellsAllInOrder()
    {
        var codes = Validate($"{View}principal.nme == 1 && 1 + \"a\" == resource.pth && [] == [] }};").Select(one => one.Code);

        Assert.Equal(["CEDAR0206", "CEDAR0205", "CEDAR0206", "CEDAR0209", "CEDAR0209"], codes);
    }

    [Fact]
    public void Validate_Link_ChecksItsEntities()
    {
        var template = CedarParser.Parse(new SourceText("permit(principal == ?principal, action == Action::\"edit\", resource);")).Policies[0] with { Id = "t" };
        var builder = new PolicySetBuilder();
        Assert.Null(builder.Add(template));
        Assert.Null(builder.Link("t", "good", new SlotValues(new EntityUid("User", "a"))));
        Assert.Null(builder.Link("t", "bad", new SlotValues(new EntityUid("App", "a"))));

        var diagnostic = Assert.Single(PolicyValidator.Validate(builder.ToPolicySet(), ValidationWorld.Schema));

        Assert.Equal("no action of the schema applies to the scope of policy `bad`", diagnostic.Message);
    }

    [Fact]
    public void Validate_Link_RepeatsNothingOfItsTemplate()
    {
        const string Text = "permit(principal == ?principal, action in [Action::\"edit\", N::Action::\"x\"], resource == ?resource);";
        var builder = new PolicySetBuilder();
        Assert.Null(builder.Add(CedarParser.Parse(new SourceText(Text)).Policies[0] with { Id = "t" }));
        Assert.Null(builder.Link("t", "l", new SlotValues(new EntityUid("User", "a"), new EntityUid("Photo", "p"))));
        Assert.Null(builder.Link("t", "unknown", new SlotValues(new EntityUid("User", "a"), new EntityUid("Foto", "p"))));

        var codes = PolicyValidator.Validate(builder.ToPolicySet(), ValidationWorld.Schema).Select(one => one.Code);

        Assert.Equal([CedarCodes.IncompatibleTypes, CedarCodes.UnknownEntityType], codes);
    }

    [Fact]
    public void Validate_DeepExpression_DoesNotOverflow()
    {
        Expr deep = new Expr.Var(Variable.Principal, default);
        for (var i = 0; i < 100_000; i++)
        {
            deep = new Expr.Unary(UnaryOperator.Not, deep, default);
        }

        var policy = CedarParser.Parse(new SourceText("permit(principal, action, resource);")).Policies[0] with { Conditions = [new Condition(false, deep, default)] };

        Assert.Contains(PolicyValidator.Validate(policy, ValidationWorld.Schema), one => one.Code == "CEDAR0214");
    }

    [Fact]
    public void Validate_TypesThatDouble_TakeNoLonger()
    {
        var text = new StringBuilder("entity U; type A0 = {x: Long}; type B0 = {x: Long};");
        for (var i = 1; i <= 16; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"type A{i} = {{l: A{i - 1}, r: A{i - 1}}}; type B{i} = {{l: B{i - 1}, r: B{i - 1}}};");
        }

        text.Append("action v appliesTo {principal: U, resource: U, context: {a: A16, b: B16, c: B15}};");
        var schema = Schema.Parse(new SourceText(text.ToString())).Schema!;
        var policies = CedarParser.Parse(new SourceText(
            """
            permit(principal, action, resource) when { context.a == context.b && [context.a, context.b, context.a].contains(context.b) };
            permit(principal, action, resource) when { context.a == context.c };
            """)).Policies;

        var diagnostic = Assert.Single(PolicyValidator.Validate(new PolicySet(policies), schema));

        Assert.Equal("`==` compares incompatible types `record` that differ in their parts", diagnostic.Message);
    }

    private static List<Diagnostic> Validate(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        Assert.False(parsed.Diagnostics.HasErrors(), string.Join('\n', parsed.Diagnostics));
        return [.. parsed.Policies.SelectMany(policy => PolicyValidator.Validate(policy, ValidationWorld.Schema))];
    }
}
