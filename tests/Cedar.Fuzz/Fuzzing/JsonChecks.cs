using Cedar.Json;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What holds for everything that is read from JSON: what is written again reads as the same.</summary>
internal static class JsonChecks
{
    private static readonly Schema s_schema = Schema.Parse(new SourceText("entity Group; entity User in Group = { n: Long, s?: Set<String>, ip: ipaddr } tags String;")).Schema!;

    public static string? Entities(string text)
    {
        var source = new SourceText("fuzz.json", text);
        var result = EntitiesJson.Read(source);
        if (DiagnosticChecks.Check(result.Diagnostics, text) is { } problem)
        {
            return problem;
        }

        var typed = EntitiesJson.Read(source, s_schema);
        if (result.HasErrors != result.Store is null || typed.HasErrors != typed.Store is null)
        {
            return "there are entities exactly when there are no errors";
        }

        if (result.Store is not { } store)
        {
            return DiagnosticChecks.Check(typed.Diagnostics, text);
        }

        var written = EntitiesJson.Write(store.Entities);
        var again = EntitiesJson.Read(new SourceText("written.json", written));
        return again.Store is { } same && EntitiesJson.Write(same.Entities) == written ? null : $"does not read as what was written: {written}";
    }

    public static string? Policies(string text)
    {
        var source = new SourceText("fuzz.json", text);
        var result = PolicySetJson.Read(source);

        // What is wrong in a policy in Cedar syntax is said of the text of that policy.
        if (DiagnosticChecks.Check([.. result.Diagnostics.Where(diagnostic => diagnostic.Source == source)], text) is { } problem)
        {
            return problem;
        }

        if (DiagnosticChecks.Check(PolicyJson.Read(source).Diagnostics, text) is { } another)
        {
            return another;
        }

        if (result.HasErrors != result.PolicySet is null)
        {
            return "there is a policy set exactly when there are no errors";
        }

        if (result.PolicySet is not { } policies)
        {
            return null;
        }

        var written = PolicySetJson.Write(policies);
        var again = PolicySetJson.Read(new SourceText("written.json", written));
        return again.PolicySet is { } same && PolicySetJson.Write(same) == written ? null : $"does not read as what was written: {written}";
    }
}
