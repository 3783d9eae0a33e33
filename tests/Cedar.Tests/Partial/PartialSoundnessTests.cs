using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Syntax;

namespace Cedar.Tests.Partial;

/// <summary>What partial evaluation says holds for every way to fill the unknowns in: here, for the one that they were made from.</summary>
public sealed class PartialSoundnessTests
{
    [Fact]
    public void Residual_HasTheValueOfTheWholeExpression()
    {
        var values = 0;
        var errors = 0;
        var residuals = 0;
        for (var seed = 0; seed < 60_000; seed++)
        {
            var world = new PartialWorld(seed);
            var (request, entities, partialRequest, partialEntities) = world.Next();
            var text = world.Expression(3);
            var expression = Parse(text);
            var expected = Evaluator.Evaluate(expression, request, entities);

            var result = new PartialEvaluator(partialRequest, partialEntities).Evaluate(expression);

            var actual = result.Residual is { } residual ? Evaluator.Evaluate(residual, request, entities)
                : result.Error is { } error ? error
                : result.Value!;
            if (!Equals(expected.Value, actual.Value))
            {
                Assert.Fail($"seed {seed}: {text} is {Describe(expected)}, but came to {Describe(actual)}");
            }

            values += result.Value is null ? 0 : 1;
            errors += result.Error is null ? 0 : 1;
            residuals += result.Residual is null ? 0 : 1;
        }

        // All three have to be met often, or nothing was tested.
        Assert.True(values > 6_000 && errors > 6_000 && residuals > 15_000, $"{values} values, {errors} errors, {residuals} residuals");
    }

    [Fact]
    public void ResidualPolicies_DecideLikeTheWholeSet()
    {
        var decided = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            var world = new PartialWorld(-seed - 1);
            var (request, entities, partialRequest, partialEntities) = world.Next();
            var parsed = CedarParser.Parse(new SourceText(world.Policy() + world.Policy() + world.Policy()));
            Assert.Empty(parsed.Diagnostics);
            var policies = new PolicySet(parsed.Policies);
            var whole = Authorizer.Authorize(policies, request, entities);

            var partial = PartialAuthorizer.Authorize(policies, partialRequest, partialEntities);

            var later = Authorizer.Authorize(partial.ToResidualPolicySet(), request, entities);
            Assert.Equal(Describe(whole), Describe(later));
            Assert.Subset(whole.Determining.ToHashSet(), partial.MustDetermine.ToHashSet());
            Assert.Subset(partial.MayDetermine.ToHashSet(), whole.Determining.ToHashSet());
            if (partial.Decision != PartialDecision.Undetermined)
            {
                decided++;
                Assert.Equal(whole.Decision, partial.Decision == PartialDecision.Allow ? Decision.Allow : Decision.Deny);
            }
        }

        Assert.InRange(decided, 4_000, 16_000);
    }

    private static Expr Parse(string text)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Expression!;
    }

    private static string Describe(EvaluationResult result) => result.IsError ? result.Error.Message : result.Value.ToString();

    private static string Describe(Response response) =>
        $"{response.Decision} {string.Join(' ', response.Determining)}, errors {string.Join(' ', response.Errors.Select(e => e.PolicyId))}";
}
