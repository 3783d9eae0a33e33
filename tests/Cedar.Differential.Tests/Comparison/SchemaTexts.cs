using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Fuzzing;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Schemas, right ones and mutated ones: both accept or both refuse.</summary>
internal static class SchemaTexts
{
    private const int Mutants = 6;

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

    private static JsonObject Question(string text) => new() { ["op"] = "schema", ["schema"] = text };

    private static string Word(bool accepts) => accepts ? "accepts" : Library.Refused;
}
