using System.Text.Json.Nodes;

namespace Cedar.Fuzz.Generation;

/// <summary>What belongs together: a schema, and policies, data and requests made for it.</summary>
/// <param name="Seed">Makes the same again.</param>
/// <param name="Schema">In Cedar syntax.</param>
/// <param name="Policies">By id.</param>
/// <param name="Templates">By id.</param>
/// <param name="Links">Objects with <c>templateId</c>, <c>newId</c> and <c>values</c>.</param>
/// <param name="Entities">A JSON array.</param>
/// <param name="Requests">JSON objects with <c>principal</c>, <c>action</c>, <c>resource</c> and <c>context</c>.</param>
internal sealed record World(
    ulong Seed, string Schema, SortedDictionary<string, string> Policies, SortedDictionary<string, string> Templates,
    IReadOnlyList<JsonObject> Links, JsonArray Entities, IReadOnlyList<JsonObject> Requests)
{
    public static World Generate(ulong seed, int policyCount, int requestCount, int mostEntitiesPerType = 3)
    {
        var random = new SeededRandom(seed);
        var schema = new SchemaGenerator(random).Generate();
        var text = new SchemaWriter(random, schema).Write();
        var pool = new EntityPool(schema, random, mostEntitiesPerType);
        var policyGenerator = new PolicyGenerator(random, schema, pool, random.Percent(60) ? 0 : 4);
        var data = new DataGenerator(random, schema, pool, random.Percent(60) ? 0 : 6);
        var policies = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < policyCount; i++)
        {
            policies.Add($"p{i}", policyGenerator.Generate(isTemplate: false));
        }

        var templates = new SortedDictionary<string, string>(StringComparer.Ordinal);
        List<JsonObject> links = [];
        if (random.Percent(40))
        {
            var template = policyGenerator.Generate(isTemplate: true);
            templates.Add("t0", template);
            for (var i = random.Below(3); i > 0; i--)
            {
                links.Add(new JsonObject { ["templateId"] = "t0", ["newId"] = $"l{i}", ["values"] = data.SlotValues(template) });
            }
        }

        return new World(seed, text, policies, templates, links, data.Entities(), [.. Enumerable.Range(0, requestCount).Select(_ => data.Request())]);
    }
}
