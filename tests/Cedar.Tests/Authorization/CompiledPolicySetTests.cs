using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Tests.Partial;
using Cedar.Values;

namespace Cedar.Tests.Authorization;

public sealed class CompiledPolicySetTests
{
    [Fact]
    public void Index_DecidesLikeOnePolicyAfterTheOther()
    {
        var allowed = 0;
        var failed = 0;
        for (var seed = 0; seed < 50_000; seed++)
        {
            var world = new PartialWorld(seed + 5_000_000);
            var (request, entities, _, _) = world.Next();
            var text = string.Concat(Enumerable.Range(0, (seed % 12) + 1).Select(i => i % 3 == 0 ? Hoisted(world, seed + i) : world.Policy()));
            var parsed = CedarParser.Parse(new SourceText(text));
            Assert.Empty(parsed.Diagnostics);
            var policies = new PolicySet(parsed.Policies);
            var compiled = CompiledPolicySet.Compile(policies);
            var expected = AuthorizeOneByOne(policies, request, entities);

            foreach (var store in (IEntityStore[])[entities, new Unlisted(entities), new HalfListed(entities)])
            {
                var actual = compiled.Authorize(request, store);
                Assert.True(AreEqual(expected, actual), $"seed {seed}, {store.GetType().Name}: {text}");
                Assert.Equal(expected.Decision, compiled.Decide(request, store));
            }

            allowed += expected.Decision == Decision.Allow ? 1 : 0;
            failed += expected.Errors.IsEmpty ? 0 : 1;
        }

        // All have to be met often, or nothing was tested.
        Assert.InRange(allowed, 5_000, 45_000);
        Assert.InRange(failed, 5_000, 48_000);
    }

    [Fact]
    public void ManyPolicies_OneMatches()
    {
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(i =>
            $"permit (principal == U::\"{i}\", action in [Action::\"x\", Action::\"y\"], resource in G::\"{i % 7}\") when {{ principal.n == 1 }};"));
        var parsed = CedarParser.Parse(new SourceText(text));
        var compiled = CompiledPolicySet.Compile(new PolicySet(parsed.Policies));
        var entities = new EntityStore(
            new Entity(new("U", "9"), Value.RecordOf(new KeyValuePair<string, Value>("n", 1)), []),
            new Entity(new("R", "r"), RecordValue.Empty, [new EntityUid("G", "2")]));

        var response = compiled.Authorize(new Request(new("U", "9"), new("Action", "x"), new("R", "r"), RecordValue.Empty), entities);

        Assert.Equal((Decision.Allow, "policy9"), (response.Decision, Assert.Single(response.Determining)));
        Assert.Equal(Decision.Deny, compiled.Decide(new Request(new("U", "8"), new("Action", "x"), new("R", "r"), RecordValue.Empty), entities));
    }

    [Fact]
    public void RequestWithVeryManyKnownGroups_IsDecided()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"permit (principal in G::\"{i}\", action, resource) when {{ context.n == {i} }};"));
        var compiled = CompiledPolicySet.Compile(new PolicySet(CedarParser.Parse(new SourceText(text)).Policies));
        var entities = new EntityStore(new Entity(new("U", "a"), RecordValue.Empty, [.. Enumerable.Range(0, 400).Select(i => new EntityUid("G", $"{i}"))]));

        Assert.Equal(Decision.Allow, compiled.Decide(Request(399), entities));
        Assert.Equal(Decision.Deny, compiled.Decide(Request(400), entities));
        Assert.Equal(Decision.Deny, compiled.Decide(Request(400), EntityStore.Empty));

        static Request Request(long n) =>
            new(new("U", "a"), new("Action", "x"), new("R", "r"), Value.RecordOf(new KeyValuePair<string, Value>("n", n)));
    }

    [Fact]
    public void Decision_AllocatesNothing()
    {
        const string Text = """
            permit (principal in G::"g", action in [Action::"x", Action::"y"], resource is R)
            when { resource.n + 1 == 3 && resource.name like "a*" && principal has n && context.set.contains("b") && principal in [G::"g", U::"z"] };
            forbid (principal, action, resource) when { context.n * 2 > 10 || resource.name == "secret" } unless { principal == U::"root" };
            """;
        var compiled = CompiledPolicySet.Compile(new PolicySet(CedarParser.Parse(new SourceText(Text)).Policies));
        var entities = new EntityStore(
            new Entity(new("U", "a"), Value.RecordOf(new KeyValuePair<string, Value>("n", 1)), [new EntityUid("G", "g")]),
            new Entity(new("R", "r"), Value.RecordOf(new("n", 2), new("name", "abc")), []));
        var request = new Request(
            new("U", "a"), new("Action", "x"), new("R", "r"), Value.RecordOf(new("n", 3), new("set", Value.SetOf("a", "b"))));
        Assert.Equal(Decision.Allow, compiled.Decide(request, entities));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            compiled.Decide(request, entities);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("context.missing", "policy0 failed")]
    [InlineData("1", "policy0 failed")]
    [InlineData("true", "policy0")]
    [InlineData("false", "")]
    public void WhatFollowsHoistedConditions_FailsOnlyWhenTheyHold(string rest, string expected)
    {
        const string Hoisted = "permit (principal, action, resource) when { resource in [R::\"r\", G::\"g\"] && principal is U } ";
        var text = Hoisted + "when { action == Action::\"x\" && " + rest + " };";
        var compiled = CompiledPolicySet.Compile(new PolicySet(CedarParser.Parse(new SourceText(text)).Policies));

        Assert.Equal(expected, Describe("U", "x", "R"));
        Assert.Equal("", Describe("V", "x", "R"));
        Assert.Equal("", Describe("U", "y", "R"));
        Assert.Equal("", Describe("U", "x", "S"));

        string Describe(string principal, string action, string resource)
        {
            var response = compiled.Authorize(
                new Request(new(principal, "u"), new("Action", action), new(resource, "r"), RecordValue.Empty), EntityStore.Empty);
            return string.Join(',', response.Determining.Concat(response.Errors.Select(error => error.PolicyId + " failed")));
        }
    }

    private static string Hoisted(PartialWorld world, int number)
    {
        string[] tests =
        [
            "resource in [R::\"r\", G::\"g\"]", "resource == R::\"r\"", "principal is U", "principal is U in G::\"g\"", "principal in G::\"h\"",
            "action in [Action::\"x\", G::\"g\"]", "resource in []", "principal is U in [G::\"g\", G::\"h\"]",
        ];
        var random = new Random(number);
        var first = string.Join(" && ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => tests[random.Next(tests.Length)]));
        var second = random.Next(3) switch
        {
            0 => $"{first} && {world.Expression(2)}",
            1 => $"({first}) }} when {{ {world.Expression(2)} && {tests[random.Next(tests.Length)]}",
            _ => first,
        };
        return $"{(random.Next(3) == 0 ? "forbid" : "permit")} (principal, action, resource) when {{ {second} }};";
    }

    private static Response AuthorizeOneByOne(PolicySet policies, Request request, IEntityStore entities)
    {
        var evaluator = new Evaluator(request, entities);
        List<string> permits = [];
        List<string> forbids = [];
        List<PolicyError> errors = [];
        foreach (var policy in policies.Policies)
        {
            var result = Authorizer.Satisfies(policy, request, evaluator);
            if (result.IsError)
            {
                errors.Add(new PolicyError(policy.Id, result.Error));
            }
            else if (result.Value == BoolValue.True)
            {
                (policy.Effect == Effect.Permit ? permits : forbids).Add(policy.Id);
            }
        }

        return new Response(
            permits.Count > 0 && forbids.Count == 0 ? Decision.Allow : Decision.Deny, [.. forbids.Count > 0 ? forbids : permits], [.. errors]);
    }

    private static bool AreEqual(Response a, Response b) =>
        a.Decision == b.Decision && a.Determining.SequenceEqual(b.Determining) && a.Errors.SequenceEqual(b.Errors);

    /// <summary>A store that has to be asked about every ancestor.</summary>
    private sealed class Unlisted(EntityStore inner) : IEntityStore
    {
        public bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity) => inner.TryGet(uid, out entity);

        public bool IsAncestor(EntityUid child, EntityUid ancestor) => inner.IsAncestor(child, ancestor);
    }

    /// <summary>A store that does not list ancestors of one type.</summary>
    private sealed class HalfListed(EntityStore inner) : IEntityStore
    {
        private static readonly string[] s_unlisted = ["G"];

        public bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity) => inner.TryGet(uid, out entity);

        public bool IsAncestor(EntityUid child, EntityUid ancestor) => inner.IsAncestor(child, ancestor);

        public Ancestors GetAncestors(EntityUid child)
        {
            ImmutableArray<EntityUid> listed = [.. inner.GetAncestors(child).Listed.ToArray().Where(uid => uid.Type != "G")];
            return Ancestors.Of(listed.AsSpan(), s_unlisted);
        }
    }
}
