using Cedar.Authorization;
using Cedar.Fuzz.Generation;
using Cedar.Json;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>All readers of the library, and that of requests, each with the promises about what it reads.</summary>
internal static class FuzzTargets
{
    private static readonly string[] s_openings =
        ["(", "[", "{a: ", "!", "-", "if true then ", "a.b(", "x || ", "x && ", "1 + ", "x.a", "x[\"a\"]", "a::", "x has a.", "@a ", "x in [", "1 * ", "x == "];
    private static readonly string[] s_closings = [")", "]", "}", "", "", " else 1", ")", "", "", "", "", "", "", "", "", "]", "", ""];
    private static readonly string[] s_schemaOpenings = ["Set<", "{a: ", "namespace A { ", "[", "A::", "@a ", "entity A;", "type A = Set<A>;", "entity A in [A"];
    private static readonly string[] s_schemaClosings = [">", "}", "}", "]", "", "", "", "", "];"];
    private static readonly string[] s_jsonOpenings =
        ["[", "{\"a\":", "{\"!\":{\"arg\":", "{\"Set\":[", "{\"type\":\"Set\",\"element\":", "{\"Record\":{\"a\":", "{\"__entity\":", "{\"__extn\":{\"fn\":\"ip\",\"arg\":", "\"a\",", "{},", "{\"&&\":{\"right\":{\"Value\":1},\"left\":"];
    private static readonly string[] s_jsonClosings = ["]", "}", "}}", "]}", "}", "}}", "}", "}}", "", "", "}}"];

    private static readonly string[] s_httpOpenings = ["/a", "%2f", ";", "\nx: ", "%25", "a.", "&", "%"];
    private static readonly string[] s_httpClosings = ["", "", "", "", "", "", "", ""];

    public static readonly string[] Names = ["policies", "expression", "format", "schema", "schema-json", "entities-json", "policies-json", "http-request"];

    /// <summary>The target of that name, or null.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">The same inputs for the same seed.</param>
    /// <param name="corpus">A folder with published test cases to start from too, or null.</param>
    public static FuzzTarget? Create(string name, ulong seed, string? corpus) => name switch
    {
        "policies" => new FuzzTarget(name, Text(seed, PolicySamples(corpus)), PolicyChecks.Policies),
        "expression" => new FuzzTarget(name, Text(seed, Samples.Expressions), PolicyChecks.Expression),
        "format" => new FuzzTarget(name, Text(seed, PolicySamples(corpus)), FormatChecks.Policies),
        "schema" => new FuzzTarget(name, Schema(seed, [.. Samples.Schemas, .. Samples.Generated(world => [world.Schema]), .. Samples.Corpus(corpus, ".cedarschema")]), SchemaChecks.Text),
        "schema-json" => new FuzzTarget(name, Json(seed, [.. Samples.JsonSchemas, .. Samples.Generated(world => JsonSchema(world.Schema))]), SchemaChecks.Json),
        "entities-json" => new FuzzTarget(name, Json(seed, [.. Samples.JsonEntities, .. Samples.Generated(world => [world.Entities.ToJsonString()]), .. Samples.Corpus(corpus, ".entities.json")]), JsonChecks.Entities),
        "policies-json" => new FuzzTarget(name, Json(seed, [.. PolicySamples(corpus).SelectMany(JsonPolicies)]), JsonChecks.Policies),
        "http-request" => new FuzzTarget(
            name, new InputMutator(new SeededRandom(seed), Vocabulary.Http, Samples.Http, s_httpOpenings, s_httpClosings), HttpChecks.Request),
        _ => null,
    };

    private static InputMutator Text(ulong seed, IReadOnlyList<string> samples) =>
        new(new SeededRandom(seed), Vocabulary.Policies, samples, s_openings, s_closings);

    private static InputMutator Schema(ulong seed, IReadOnlyList<string> samples) =>
        new(new SeededRandom(seed), Vocabulary.Schemas, samples, s_schemaOpenings, s_schemaClosings);

    private static InputMutator Json(ulong seed, IReadOnlyList<string> samples) =>
        new(new SeededRandom(seed), Vocabulary.Json, samples, s_jsonOpenings, s_jsonClosings);

    private static string[] JsonSchema(string text) =>
        SchemaParser.Parse(new SourceText("schema.cedarschema", text)).Document is { } document ? [SchemaJson.Write(document)] : [];

    private static string[] PolicySamples(string? corpus) =>
        [.. Samples.Policies, .. Samples.Generated(world => world.Policies.Values), .. Samples.Corpus(corpus, ".cedar")];

    private static string[] JsonPolicies(string text)
    {
        var parsed = CedarParser.Parse(new SourceText(text));
        return parsed.HasErrors ? [] : [PolicySetJson.Write(new PolicySet(parsed.Policies))];
    }
}
