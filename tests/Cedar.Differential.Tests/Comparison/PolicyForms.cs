using System.Text.Json;
using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Fuzzing;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Formatting changes nothing but the looks: the reference implementation reads the same from the text before and after.</summary>
internal static class PolicyForms
{
    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var random = new SeededRandom(world.Seed ^ 0xF0F0);
        var mutator = new TextMutator(random, Vocabulary.Policies);
        List<(string Operation, string Text)> policies =
        [
            .. world.Policies.Values.Select(text => ("policyToJson", text)), .. world.Templates.Values.Select(text => ("templateToJson", text)),
        ];
        for (var i = 0; i < policies.Count; i++)
        {
            policies[i] = random.Percent(40) ? policies[i] with { Text = mutator.Decorate(policies[i].Text) } : policies[i];
        }

        var width = random.Pick([20, 40, 80, 120, 1000]);
        List<string> printed = [.. policies.Select(policy => Library.Print(policy.Text))];
        List<string> formatted = [.. policies.Select(policy => Library.Format(policy.Text, width) ?? Library.Refused)];
        var before = reference.Ask([.. policies.Select(policy => Question(policy.Operation, policy.Text))]);
        var after = reference.Ask([.. policies.Select((policy, i) => Question(policy.Operation, formatted[i]))]);
        var fromTree = reference.Ask([.. policies.Select((policy, i) => Question(policy.Operation, printed[i]))]);
        for (var i = 0; i < policies.Count; i++)
        {
            var (text, result) = (policies[i].Text, formatted[i]);
            if (!before[i].IsOk())
            {
                // A mark of a comment got lost among the new white space; PolicyTexts compares what is refused.
                continue;
            }

            var meaning = JsonText.Normalize(before[i].GetProperty("json"));
            var ofTree = printed[i];
            tallies.PrintedMeaning.Compare(Meaning(fromTree[i]), meaning, true, () => $"seed {world.Seed}\n{text}\nprinted:\n{ofTree}");
            tallies.FormattedMeaning.Compare(
                Meaning(after[i]), meaning, true, () => $"seed {world.Seed}\n{text}\nformatted to {width} columns:\n{result}");
            tallies.FormattedMeaning.Compare(
                Library.Format(result, width) ?? Library.Refused, result, true, () => $"seed {world.Seed}\nformatting twice to {width} columns:\n{text}");
        }
    }

    private static string Meaning(JsonElement answer) => answer.IsOk() ? JsonText.Normalize(answer.GetProperty("json")) : answer.Verdict();

    private static JsonObject Question(string operation, JsonNode policy) => new() { ["op"] = operation, ["policy"] = policy };
}
