using System.Text.Json;
using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Fuzzing;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Schemas, right ones and mutated ones: both accept or both refuse.</summary>
internal static class SchemaTexts
{
    private const int Mutants = 6;

    // Members of JSON schemas whose arrays are sets.
    private static readonly string[] s_unordered = ["memberOf", "memberOfTypes", "principalTypes", "resourceTypes", "enum"];

    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var random = new SeededRandom(world.Seed ^ 0x5C4E);
        var mutator = new TextMutator(random, Vocabulary.Schemas);
        List<string> texts = [world.Schema, mutator.Decorate(world.Schema)];
        for (var i = 0; i < Mutants; i++)
        {
            texts.Add(mutator.Mutate(world.Schema));
        }

        var answers = reference.Ask([.. texts.Select(Question)]);
        for (var i = 0; i < texts.Count; i++)
        {
            var text = texts[i];
            var theirs = answers[i].IsOk();
            var ours = Library.AcceptsSchema(text, out _);
            tallies.SchemaParse.Compare(Word(ours), Word(theirs), theirs, () =>
            {
                var small = Shrinking.Text(text, shorter =>
                    Library.AcceptsSchema(shorter, out _) == ours && reference.Ask(Question(shorter)).IsOk() == theirs);
                Library.AcceptsSchema(small, out var why);
                return $"seed {world.Seed}\n{small}\nreference: {reference.Ask(Question(small)).Verdict()}\nours: {why}";
            });
        }
    }

    public static void CompareForms(World world, ReferenceCedar reference, Tallies tallies)
    {
        var random = new SeededRandom(world.Seed ^ 0x5C50);
        var answers = reference.Ask([Question(world.Schema, "schemaToJson"), Question(world.Schema, "resolvedSchemaToJson")]);
        if (!Library.AcceptsSchema(world.Schema, out _) || !answers.All(answer => answer.IsOk()))
        {
            return;
        }

        var written = answers[0].GetProperty("json");
        tallies.SchemaToJson.Compare(
            Library.SchemaToJson(world.Schema) is { } json ? Normalize(json) : Library.Refused, JsonText.Normalize(written, s_unordered), true,
            () => $"seed {world.Seed}\n{world.Schema}");
        var width = random.Pick([20, 60, 100]);
        var decorated = new TextMutator(random, Vocabulary.Schemas).Decorate(world.Schema);
        var formatted = Library.FormatSchema(decorated, width) ?? Library.Refused;
        tallies.SchemaFormatted.Compare(
            Meaning(formatted, reference), Meaning(decorated, reference), true, () => $"seed {world.Seed}\n{decorated}\nformatted:\n{formatted}");
        tallies.SchemaFormatted.Compare(
            Library.FormatSchema(formatted, width) ?? Library.Refused, formatted, true, () => $"seed {world.Seed}\nformatting twice:\n{decorated}");

        var mutator = new JsonMutator(random);
        foreach (var answer in answers)
        {
            var node = JsonNode.Parse(answer.GetProperty("json").GetRawText())!;
            CompareJson(world.Seed, node, reference, tallies);
            mutator.Mutate(node);
            CompareJson(world.Seed, node, reference, tallies);
        }
    }

    private static void CompareJson(ulong seed, JsonNode schema, ReferenceCedar reference, Tallies tallies)
    {
        var json = schema.ToJsonString();
        var answers = reference.Ask([Question(schema.DeepClone(), "schema"), Question(schema.DeepClone(), "schemaToText")]);
        var ours = Library.AcceptsSchemaJson(json, out var why);
        var theirs = answers[0].IsOk();
        if (!ours && theirs && why.Contains("an object, found an array", StringComparison.Ordinal))
        {
            // Its JSON library takes an array for an object, by the order of the members in its source.
            return;
        }

        tallies.SchemaJsonParse.Compare(Word(ours), Word(theirs), theirs, () => $"seed {seed}\n{json}\nreference: {answers[0].Verdict()}\nours: {why}");
        if (!ours || !theirs || !answers[1].IsOk())
        {
            return;
        }

        // The text that is made of the JSON means to the reference what the text means that it makes itself.
        var text = Library.SchemaToText(json);
        tallies.SchemaToText.Compare(
            text is null ? Library.Refused : Meaning(text, reference), Meaning(answers[1].Text("text"), reference), true,
            () => $"seed {seed}\n{json}\nours:\n{text}\nreference:\n{answers[1].Text("text")}");
    }

    private static string Meaning(string text, ReferenceCedar reference)
    {
        var answer = reference.Ask(Question(text, "resolvedSchemaToJson"));
        // Where no other type of that name hides it, a built-in type may be written either way.
        return answer.IsOk()
            ? JsonText.Normalize(answer.GetProperty("json"), s_unordered).Replace("\"__cedar::", "\"", StringComparison.Ordinal)
            : answer.Verdict();
    }

    private static string Normalize(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonText.Normalize(document.RootElement, s_unordered);
    }

    private static JsonObject Question(JsonNode schema, string operation) => new() { ["op"] = operation, ["schema"] = schema };

    private static JsonObject Question(string text) => new() { ["op"] = "schema", ["schema"] = text };

    private static string Word(bool accepts) => accepts ? "accepts" : Library.Refused;
}
