using System.Text.Json.Nodes;
using Cedar.Fuzz.Generation;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>Changes JSON as a value: it stays JSON and is something else.</summary>
internal sealed class JsonMutator(SeededRandom random)
{
    private static readonly string[] s_words =
        ["Long", "String", "Record", "Set", "Entity", "Extension", "EntityOrCommon", "User", "App::User", "nope", "a b", "", "permit", "All", "==", "in", "is", "Wildcard", "principal", "?principal"];

    /// <summary>Makes one change somewhere inside.</summary>
    public void Mutate(JsonNode root)
    {
        List<JsonNode> containers = [];
        Collect(root, containers);
        switch (random.Pick(containers))
        {
            case JsonObject { Count: > 0 } value:
                MutateObject(value);
                break;
            case JsonArray { Count: > 0 } value:
                MutateArray(value);
                break;
            case JsonObject value:
                value["nope"] = Something();
                break;
            case JsonArray value:
                value.Add(Something());
                break;
            default:
                break;
        }
    }

    private void MutateObject(JsonObject value)
    {
        var name = random.Pick(value.Select(member => member.Key).ToList());
        switch (random.Below(4))
        {
            case 0:
                value.Remove(name);
                break;
            case 1:
                value[name] = Something();
                break;
            case 2:
                value[random.Percent(50) ? "nope" : random.Pick(s_words)] = value[name]?.DeepClone();
                break;
            default:
                var member = value[name]?.DeepClone();
                value.Remove(name);
                value[name + (random.Percent(50) ? " x" : "s")] = member;
                break;
        }
    }

    private void MutateArray(JsonArray value)
    {
        var at = random.Below(value.Count);
        switch (random.Below(3))
        {
            case 0:
                value.RemoveAt(at);
                break;
            case 1:
                value[at] = Something();
                break;
            default:
                value.Add(value[at]?.DeepClone());
                break;
        }
    }

    private JsonNode? Something() => random.Below(7) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Percent(50)),
        2 => JsonValue.Create(random.Between(-3, 3)),
        3 => new JsonArray(),
        4 => new JsonObject(),
        _ => JsonValue.Create(random.Pick(s_words)),
    };

    private static void Collect(JsonNode? node, List<JsonNode> containers)
    {
        switch (node)
        {
            case JsonObject value:
                containers.Add(value);
                foreach (var member in value)
                {
                    Collect(member.Value, containers);
                }

                break;
            case JsonArray value:
                containers.Add(value);
                foreach (var item in value)
                {
                    Collect(item, containers);
                }

                break;
            default:
                break;
        }
    }
}
