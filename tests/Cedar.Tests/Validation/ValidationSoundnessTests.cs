using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Tests.Validation;

/// <summary>What validation is for: a policy that it accepts meets no error in a request and entities that fit, but those that types cannot see.</summary>
public sealed class ValidationSoundnessTests
{
    private const int Worlds = 20_000;
    private const int RequestsPerPolicy = 6;

    [Fact]
    public void AcceptedPolicies_MeetNoTypeErrors()
    {
        var pairs = 0;
        var refused = 0;
        var refusedWithReason = 0;
        var satisfied = 0;
        var excused = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new SoundnessWorld(seed);
            var text = world.Policy();
            var parsed = CedarParser.Parse(new SourceText(text));
            Assert.Empty(parsed.Diagnostics);
            var policy = Assert.Single(parsed.Policies);
            var isAccepted = !PolicyValidator.Validate(policy, ValidationWorld.Schema).HasErrors();
            var meetsTypeError = false;
            for (var i = 0; i < RequestsPerPolicy; i++)
            {
                if (Evaluate(policy, world) is not { } result)
                {
                    continue;
                }

                meetsTypeError |= result.IsError && !IsOutsideOfTypes(result.Error);
                if (isAccepted && meetsTypeError)
                {
                    Assert.Fail($"seed {seed}: {text} validates, but: {result.Error!.Message}");
                }

                pairs += isAccepted ? 1 : 0;
                excused += isAccepted && result.IsError ? 1 : 0;
                satisfied += isAccepted && !result.IsError && result.Value == BoolValue.True ? 1 : 0;
            }

            refused += isAccepted ? 0 : 1;
            refusedWithReason += meetsTypeError ? 1 : 0;
        }

        // Both answers have to be met often, and refusals have to be of policies that do go wrong, or nothing was tested.
        Assert.True(
            pairs > 20_000 && satisfied > 4_000 && refused > 4_000 && refusedWithReason > 2_000,
            $"{pairs} pairs, {satisfied} satisfied, {excused} excused; {refused} refused, {refusedWithReason} of them for a reason");
    }

    /// <summary>Null when the scope keeps the request out: the condition is then not evaluated.</summary>
    private static EvaluationResult? Evaluate(Policy policy, SoundnessWorld world)
    {
        var (request, entities) = world.Next();
        Assert.Empty(RequestValidator.Validate(request, ValidationWorld.Schema));
        Assert.Empty(EntityValidator.Validate(entities, ValidationWorld.Schema));
        var evaluator = new Evaluator(request, new EntityStore(entities));
        var isReached = Authorizer.Satisfies(policy with { Conditions = [] }, request, evaluator).Value == BoolValue.True;
        return isReached ? Authorizer.Satisfies(policy, request, evaluator) : (EvaluationResult?)null;
    }

    /// <summary>Whether types do not say that it cannot happen: results beyond the range of numbers and times, entities that were not given.</summary>
    private static bool IsOutsideOfTypes(EvaluationError error) =>
        error.Kind is EvaluationErrorKind.Overflow or EvaluationErrorKind.MissingEntity;
}
