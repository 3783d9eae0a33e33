using System.Text.Json;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Values;

namespace Cedar.Conformance.Tests;

/// <summary>Decisions, reasons and errors of the published Cedar cases, against ours.</summary>
public sealed class AuthorizationConformanceTests
{
    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void PublishedCases_AgreeInDecisionReasonsAndErrors(string archive, string folder)
    {
        var tally = new Tally(archive, "requests");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var schema = test.Schema;
            var entities = test.ReadEntities(schema);
            var policies = test.Policies;
            foreach (var request in test.Requests)
            {
                var response = Authorizer.Authorize(policies, test.ReadRequest(request, schema), entities);
                tally.Check(
                    $"{test.Path}, {request.GetProperty("description")}",
                    Describe(request.GetProperty("decision").GetString()!, Strings(request.GetProperty("reason")), Strings(request.GetProperty("errors"))),
                    Describe(response));
            }
        }

        tally.Report();
    }

    /// <summary>With parts of the request unknown, what is left of the policies decides like the whole once they are known.</summary>
    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/")]
    [InlineData("cedar-handwritten.tar.gz", "tests/")]
    public void PublishedCases_AgreeWhenEvaluatedInPart(string archive, string folder)
    {
        var tally = new Tally(archive, "partly unknown requests");
        foreach (var test in CorpusCase.All(archive, folder))
        {
            var schema = test.Schema;
            var entities = test.ReadEntities(schema);
            var policies = test.Policies;
            var hidden = 0;
            foreach (var element in test.Requests)
            {
                var request = test.ReadRequest(element, schema);
                var expected = Describe(Authorizer.Authorize(policies, request, entities));
                var partial = PartialAuthorizer.Authorize(policies, Hide(request, ++hidden), new PartialEntities(entities));
                var actual = Describe(Authorizer.Authorize(partial.ToResidualPolicySet(), request, entities));
                var isDecisionRight = partial.Decision == PartialDecision.Undetermined
                    || expected.StartsWith(partial.Decision == PartialDecision.Allow ? "allow" : "deny", StringComparison.Ordinal);
                tally.Check(test.Path, expected, isDecisionRight ? actual : $"{partial.Decision} before everything was known");
            }
        }

        tally.Report();
    }

    /// <summary>Each request leaves out something else.</summary>
    private static PartialRequest Hide(Request request, int which)
    {
        var whole = PartialRequest.Of(request);
        var names = request.Context.Fields.Select(field => field.Key);
        return (which % 5) switch
        {
            0 => whole with { Principal = PartialUid.OfType(request.Principal.Type) },
            1 => whole with { Resource = PartialUid.Anything },
            2 => whole with { Context = new PartialRecord(RecordValue.Empty, [.. names], false), Principal = PartialUid.Anything },
            3 => whole with { Context = PartialRecord.Anything, Action = PartialUid.Anything },
            _ => new PartialRequest(PartialUid.Anything, PartialUid.Anything, PartialUid.Anything, PartialRecord.Anything),
        };
    }

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(e => e.GetString()!);

    private static string Describe(Response response) =>
        Describe(response.Decision == Decision.Allow ? "allow" : "deny", response.Determining, response.Errors.Select(e => e.PolicyId));

    private static string Describe(string decision, IEnumerable<string> reasons, IEnumerable<string> errors) =>
        $"{decision} by [{string.Join(", ", reasons.Order(StringComparer.Ordinal))}] with errors [{string.Join(", ", errors.Order(StringComparer.Ordinal))}]";
}
