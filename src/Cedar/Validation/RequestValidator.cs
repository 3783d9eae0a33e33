using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Schemas;

namespace Cedar.Validation;

/// <summary>Checks requests against a schema (Cedar spec, "Validation of requests").</summary>
public static class RequestValidator
{
    /// <summary>
    /// Where a request does not fit: its action is not declared, does not take such a principal or resource, one of them is not among an
    /// enumerated type's, or the context is not of the action's type. Empty when it fits.
    /// </summary>
    public static ImmutableArray<SchemaViolation> Validate(Request request, Schema schema)
    {
        var checker = new DataChecker(schema, entity: null);
        var isPrincipalKnown = false;
        var isResourceKnown = false;
        checker.At("principal", () => isPrincipalKnown = checker.CheckName(request.Principal));
        checker.At("resource", () => isResourceKnown = checker.CheckName(request.Resource));
        if (!schema.Actions.TryGetValue(request.Action, out var action))
        {
            checker.At("action", () => ReportAction(request, schema, checker));
            return checker.ToImmutable();
        }

        if (isPrincipalKnown && !action.PrincipalTypes.Contains(request.Principal.Type))
        {
            checker.At("principal", () => checker.Report(
                CedarCodes.PrincipalNotAllowed, $"action `{action.Uid}` takes no principal of type `{request.Principal.Type}`", Listed(action.PrincipalTypes)));
        }

        if (isResourceKnown && !action.ResourceTypes.Contains(request.Resource.Type))
        {
            checker.At("resource", () => checker.Report(
                CedarCodes.ResourceNotAllowed, $"action `{action.Uid}` takes no resource of type `{request.Resource.Type}`", Listed(action.ResourceTypes)));
        }

        checker.At("context", () => checker.CheckRecord(request.Context, action.Context));
        return checker.ToImmutable();
    }

    private static void ReportAction(Request request, Schema schema, DataChecker checker)
    {
        var actions = schema.Actions.Keys.Select(uid => uid.ToString()).Order(StringComparer.Ordinal);
        checker.Report(
            CedarCodes.UnknownAction, $"action `{request.Action}` is not in the schema", Suggestion.DidYouMean(request.Action.ToString(), actions));
    }

    private static string Listed(ImmutableArray<string> types) =>
        types.IsEmpty ? "it only groups other actions" : $"it takes {string.Join(", ", types.Select(type => $"`{type}`"))}";
}
