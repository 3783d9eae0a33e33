using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Fuzzing;
using Cedar.Fuzz.Generation;
using Cedar.Syntax;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Policy texts, right ones and mutated ones: both accept or both refuse.</summary>
internal static class PolicyTexts
{
    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var random = new SeededRandom(world.Seed ^ 0x7E47);
        var mutator = new TextMutator(random, Vocabulary.Policies);
        List<string> texts = [.. world.Policies.Values, .. world.Templates.Values];
        var right = texts.Count;
        for (var i = 0; i < right; i++)
        {
            texts.Add(mutator.Mutate(texts[random.Below(right)]));
            texts[i] = random.Percent(30) ? mutator.Decorate(texts[i]) : texts[i];
        }

        var answers = reference.Ask([.. texts.Select(Question)]);
        for (var i = 0; i < texts.Count; i++)
        {
            var text = texts[i];
            var theirs = answers[i].IsOk();
            var ours = Accepts(text);
            tallies.PolicyParse.Compare(Word(ours), Word(theirs), theirs, () =>
            {
                var small = Shrinking.Text(text, shorter => Accepts(shorter) == ours && reference.Ask(Question(shorter)).IsOk() == theirs);
                return $"seed {world.Seed}\n{small}\nreference: {reference.Ask(Question(small)).Verdict()}\nours: "
                    + string.Join("; ", CedarParser.Parse(new SourceText(small)).Diagnostics.Select(d => $"{d}"));
            });
        }
    }

    private static JsonObject Question(string text) => new() { ["op"] = "policies", ["text"] = text };

    private static bool Accepts(string text) => !CedarParser.Parse(new SourceText("policy.cedar", text)).HasErrors;

    private static string Word(bool accepts) => accepts ? "accepts" : "refuses";
}
