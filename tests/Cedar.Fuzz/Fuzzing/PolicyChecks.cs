using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for every policy text: it is read or reported, and what was read can be evaluated.</summary>
internal static class PolicyChecks
{
    private static readonly EntityUid s_user = new("User", "a");

    // Requests that get past the scopes of the samples.
    private static readonly Request[] s_requests =
    [
        new(s_user, new EntityUid("Action", "x"), new EntityUid("Doc", "d"), RecordValue.Empty),
        new(new EntityUid("A::B", ""), new EntityUid("Action", "v"), s_user, Value.RecordOf(KeyValuePair.Create<string, Value>("a", 1))),
    ];

    private static readonly EntityStore s_entities = new(
        new Entity(s_user, Value.RecordOf(KeyValuePair.Create<string, Value>("n", "x")), []),
        new Entity(new EntityUid("Doc", "d"), RecordValue.Empty, [new EntityUid("Folder", "f")]));

    public static string? Policies(string text)
    {
        var result = CedarParser.Parse(new SourceText("fuzz.cedar", text));
        if (result.HasErrors)
        {
            return DiagnosticChecks.Check(result.Diagnostics, text);
        }

        var policies = new PolicySet(result.Policies);
        foreach (var request in s_requests)
        {
            var response = Authorizer.Authorize(policies, request, s_entities);
            if (response.Decision == Decision.Allow && response.Determining.IsEmpty)
            {
                return "allowed without a reason";
            }
        }

        return DiagnosticChecks.Check(result.Diagnostics, text);
    }

    public static string? Expression(string text)
    {
        var result = CedarParser.ParseExpression(new SourceText("fuzz.cedar", text));
        if (result.HasErrors != result.Expression is null)
        {
            return "there is an expression exactly when there are no errors";
        }

        if (result.Expression is { } expression)
        {
            var value = Evaluator.Evaluate(expression, s_requests[0], s_entities);
            if (value.IsError == value.Value is not null)
            {
                return "there is a value exactly when there is no error";
            }
        }

        return DiagnosticChecks.Check(result.Diagnostics, text);
    }
}
