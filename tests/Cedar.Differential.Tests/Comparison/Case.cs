using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>One question about a world, or about less of it: what shrinking leaves is what a report prints.</summary>
internal sealed record Case(
    ulong Seed, string? Schema, IReadOnlyDictionary<string, string> Policies, IReadOnlyDictionary<string, string> Templates,
    IReadOnlyList<JsonObject> Links, IReadOnlyList<JsonNode> Entities, IReadOnlyList<JsonObject> Requests)
{
    public static Case Of(World world, bool withSchema) => new(
        world.Seed, withSchema ? world.Schema : null, world.Policies, world.Templates, world.Links, [.. world.Entities.Select(e => e!)], world.Requests);

    public string EntitiesJson => new JsonArray([.. Entities.Select(e => e.DeepClone())]).ToJsonString();

    /// <summary>The question in the form that tools/cedar-wasm takes.</summary>
    public JsonObject Question(string operation)
    {
        var question = new JsonObject
        {
            ["op"] = operation,
            ["policies"] = new JsonObject
            {
                ["staticPolicies"] = Texts(Policies),
                ["templates"] = Texts(Templates),
                ["templateLinks"] = new JsonArray([.. Links.Select(link => link.DeepClone())]),
            },
            ["entities"] = new JsonArray([.. Entities.Select(e => e.DeepClone())]),
            ["requests"] = new JsonArray([.. Requests.Select(r => r.DeepClone())]),
        };
        if (Schema is not null)
        {
            question["schema"] = Schema;
        }

        return question;
    }

    /// <summary>The case with as few policies, entities and requests as show the same disagreement.</summary>
    public Case Shrink(Func<Case, bool> stillDisagrees)
    {
        var small = this;
        var requests = Shrinking.Items(small.Requests, items => stillDisagrees(small with { Requests = items }));
        small = small with { Requests = requests };
        var links = Shrinking.Items(small.Links, items => stillDisagrees(small with { Links = items }));
        small = small with { Links = links };
        if (links.Count == 0 && stillDisagrees(small with { Templates = new Dictionary<string, string>() }))
        {
            small = small with { Templates = new Dictionary<string, string>() };
        }

        var policies = Shrinking.Items([.. small.Policies], items => stillDisagrees(small with { Policies = ToDictionary(items) }));
        small = small with { Policies = ToDictionary(policies) };
        return small with { Entities = Shrinking.Items(small.Entities, items => stillDisagrees(small with { Entities = items })) };
    }

    public override string ToString()
    {
        var text = new StringBuilder($"seed {Seed}\n");
        if (Schema is not null)
        {
            text.Append($"schema:\n{Schema}\n");
        }

        foreach (var (id, policy) in Policies.Concat(Templates))
        {
            text.Append($"{id}: {policy}");
        }

        foreach (var link in Links)
        {
            text.Append($"link: {Json(link)}\n");
        }

        text.Append($"entities: {string.Join(",\n  ", Entities.Select(Json))}\n");
        foreach (var request in Requests)
        {
            text.Append($"request: {Json(request)}\n");
        }

        return text.ToString();
    }

    private static string Json(JsonNode node) =>
        node.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static Dictionary<string, string> ToDictionary(IEnumerable<KeyValuePair<string, string>> items) => new(items, StringComparer.Ordinal);

    private static JsonObject Texts(IReadOnlyDictionary<string, string> texts) =>
        new(texts.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)JsonValue.Create(item.Value))));
}
