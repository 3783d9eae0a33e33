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
}
